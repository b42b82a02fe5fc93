"""The walk-through of CONTRIBUTING.md: its diff applies, its page opens, the rules for demos hold for it."""

import os
import re
import shutil
import subprocess
import sys

from PIL import Image

from dlintro_demos.gallery.settings import REPOSITORY

SLUG = "upside_down"


def test_the_demo_of_the_walk_through_works(tmp_path):
    """In a copy of the repository, where it changes what it says that it changes."""
    for name in ("dlintro_demos", "pages", "tests"):
        shutil.copytree(REPOSITORY / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    requirements = (path.name for path in REPOSITORY.glob("requirements*.txt"))
    for name in ("models", "training", "bench", "app.py", "pyproject.toml", ".streamlit", *requirements):
        (tmp_path / name).symlink_to(REPOSITORY / name)
    (diff,) = re.findall(
        r"^```diff\n(.*?)^```", (REPOSITORY / "CONTRIBUTING.md").read_text("utf-8"), re.DOTALL | re.MULTILINE
    )
    subprocess.run(["git", "apply", "-"], input=diff, text=True, cwd=tmp_path, check=True)
    thumbnail = tmp_path / "dlintro_demos" / SLUG / "thumbnail.webp"
    Image.effect_noise((640, 400), 20).convert("RGB").save(thumbnail, quality=50)
    tests = [f"tests/{SLUG}", "tests/gallery/test_catalogue.py", "tests/gallery/test_talking_points.py"]
    chosen = f"-q -p no:xdist -p no:cacheprovider -k {SLUG}".split()
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", *chosen, "-m", "not browser", *tests],
        cwd=tmp_path,
        env=os.environ | {"PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout[-3000:] + ran.stderr[-2000:]
