ARG BASE_IMAGE=python:3.11-slim-bookworm

FROM ${BASE_IMAGE} AS build
# Where torch comes from: the address of PyTorch's CPU-only index, or of one of its CUDA indexes. Empty: pip's own
# index, whose build carries CUDA and runs on the CPU too, but weighs 4 GB more.
ARG TORCH_INDEX=""
COPY requirements.txt requirements.lock constraints.txt /tmp/
# The lock has every file but torch's, whose SHA-256 depends on the index; what torch brings besides is in it.
RUN python -m venv /venv \
 && /venv/bin/pip install --no-cache-dir --only-binary=:all: --no-binary=face_recognition_models \
    --no-deps --require-hashes -r /tmp/requirements.lock \
 && grep -E '^torch(vision)?==' /tmp/requirements.txt > /tmp/torch.txt \
 && /venv/bin/pip install --no-cache-dir --only-binary=:all: ${TORCH_INDEX:+--index-url "$TORCH_INDEX"} \
    -c /tmp/constraints.txt -r /tmp/torch.txt \
 && find /venv -name shape_predictor_68_face_landmarks.dat -delete  # not ours to pass on: non-commercial, unused

FROM ${BASE_IMAGE}
# Pillow loads it to join the letters of Arabic and Devanagari; without it such names get a number.
RUN apt-get update && apt-get install -y --no-install-recommends libfribidi0 && rm -rf /var/lib/apt/lists/*
# The code stays root's and read-only; the process needs nothing of the file system but /tmp.
COPY --from=build /venv /venv
WORKDIR /app
COPY app.py requirements.txt requirements-weights.txt ./
COPY .streamlit .streamlit
COPY dlintro_demos dlintro_demos
COPY pages pages
COPY models models
RUN /venv/bin/python -m compileall -q app.py dlintro_demos
ENV PATH=/venv/bin:/usr/local/bin:/usr/bin:/bin \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    HOME=/tmp \
    DLINTRO_ADDRESS=0.0.0.0 \
    DLINTRO_PORT=8501
USER 10001:10001
EXPOSE 8501
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s --retries=3 \
  CMD ["python", "-c", "import os, urllib.request as u; u.urlopen('http://127.0.0.1:' + os.environ['DLINTRO_PORT'] + '/_stcore/health', timeout=4)"]
CMD ["python", "app.py"]
