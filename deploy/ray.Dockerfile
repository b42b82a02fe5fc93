# dlintro:ray, the image of Ray's head and workers: the gallery's own, and Ray.
FROM dlintro:latest
USER 0
COPY requirements.txt requirements-ray.txt constraints.txt /tmp/
RUN pip install --no-cache-dir --only-binary=:all: -c /tmp/constraints.txt -r /tmp/requirements-ray.txt
USER 10001:10001
HEALTHCHECK NONE
CMD ["ray", "start", "--help"]
