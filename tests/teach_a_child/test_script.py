"""The exported program, run as a visitor would run it, says what the page says."""

import ast
import io
import json
import subprocess
import sys
import zipfile

import numpy as np
import pytest
import skimage.data
from PIL import Image, ImageCms
from safetensors.numpy import load as tensors

from dlintro_demos.gallery.intake.images import decode_image
from dlintro_demos.gallery.runtime.model_cache import ModelCache
from dlintro_demos.gallery.runtime.model_cards import read_cards
from dlintro_demos.gallery.settings import REPOSITORY
from dlintro_demos.teach_a_child.heads import HEADS, fit, guesses
from dlintro_demos.teach_a_child.lesson import FEATURES, Lesson, Seen, teach
from dlintro_demos.teach_a_child.script import export
from dlintro_demos.teach_a_child.seeing import look

STRANGE = '`a`</code></pre><script> # [x](http://y.example) """ {0}'  # 57 characters, as a visitor may type


@pytest.fixture(scope="module")
def cache():
    return ModelCache(read_cards(REPOSITORY / "models"))


def crops(rgb, count, seed):
    """Parts of a picture, each half as wide and high."""
    rng = np.random.default_rng(seed)
    height, width = rgb.shape[0] // 2, rgb.shape[1] // 2
    places = [(rng.integers(height), rng.integers(width)) for _ in range(count)]
    return [np.ascontiguousarray(rgb[top : top + height, left : left + width]) for top, left in places]


@pytest.fixture(scope="module")
def lesson(cache):
    lesson = Lesson()
    for name, rgb in {
        "cat": skimage.data.chelsea(),
        STRANGE: skimage.data.coffee(),
        "球 rocket": skimage.data.rocket(),
    }.items():
        for each in crops(rgb, 4, seed=1):
            *_, found = look(each, "your picture", cache)
            lesson = teach(lesson, {found.seen[0]: None}, name)
    return lesson


@pytest.fixture(scope="module")
def pictures(tmp_path_factory):
    """A large photo that was held on its side, one in a phone's colours, noise, and one that fades."""
    folder = tmp_path_factory.mktemp("pictures")
    exif = Image.Exif()
    exif[0x0112] = 6
    cup = Image.fromarray(skimage.data.coffee()).resize((1117, 743), Image.Resampling.LANCZOS)
    cup.transpose(Image.Transpose.ROTATE_90).save(folder / "cup.jpg", quality=95, exif=exif)
    cat = Image.fromarray(skimage.data.chelsea())
    cat.save(folder / "cat.png", icc_profile=strong_colours())
    noise = np.random.default_rng(3).integers(0, 256, (300, 200, 3)).astype(np.uint8)
    Image.fromarray(noise).save(folder / "noise.png")
    cat.putalpha(Image.linear_gradient("L").resize(cat.size))
    cat.save(folder / "fading.png")
    return [folder / name for name in ("cup.jpg", "cat.png", "noise.png", "fading.png")]


def strong_colours():
    """A colour profile as phones have, where the same numbers mean stronger reds and greens: Display P3."""
    data = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    primaries = {  # XYZ in the profile's white, D50
        b"rXYZ": (0.51512, 0.24120, -0.00105),
        b"gXYZ": (0.29198, 0.69225, 0.04189),
        b"bXYZ": (0.15710, 0.06657, 0.78407),
    }
    for tag, values in primaries.items():
        at = int.from_bytes(data[data.index(tag) + 4 :][:4], "big") + 8
        for number, value in enumerate(values):
            data[at + 4 * number : at + 4 * number + 4] = round(value * 65536).to_bytes(4, "big", signed=True)
    return bytes(data)


def unpacked(data):
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name.removeprefix("classifier/"): archive.read(name) for name in archive.namelist()}


RUN_ALL = """
import runpy, sys
for line in sys.stdin:
    sys.argv = line.split()
    try:
        runpy.run_path(sys.argv[0], run_name="__main__")
    except SystemExit as end:
        print("ended with:", end)
"""


@pytest.fixture(scope="module")
def seen(pictures, cache):
    """What the page sees on the pictures."""
    looked = [look(decode_image(path.read_bytes()).rgb, "your picture", cache) for path in pictures]
    return [found.seen[0] for *_, found in looked]


@pytest.fixture(scope="module")
def ran(lesson, pictures, tmp_path_factory):
    """What the program of one head prints as JSON, and then in words.

    Both run in a fresh Python, which imports torch and timm once, and not the gallery.
    """
    folder = tmp_path_factory.mktemp("home")
    for name, content in unpacked(export(lesson, "logistic")).items():
        (folder / name).write_bytes(content)
    (folder / "notes.txt").write_text("hello")
    given = " ".join(map(str, pictures))
    program = folder / "classify.py"
    done = subprocess.run(
        [sys.executable, "-c", RUN_ALL],
        input=f"{program} --json {given}\n{program} {given} {folder / 'notes.txt'}",
        cwd=folder,
        capture_output=True,
        text=True,
        encoding="utf-8",
        env={"PYTHONUTF8": "1", "OMP_NUM_THREADS": "1"},
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    printed = done.stdout.splitlines()
    return printed[: len(pictures)], printed[len(pictures) :]


def agrees(said, guess):
    assert said["name"] == guess.name
    assert said["probabilities"] == pytest.approx(guess.probabilities, abs=1e-4)
    assert said["distance"] == pytest.approx(guess.nearest[0].distance, abs=1e-4)
    assert said["limit"] == guess.limit


def test_the_program_says_what_the_page_says(lesson, pictures, seen, ran):
    expected = guesses(fit(lesson, "logistic"), seen)
    assert [guess.name for guess in expected] == [STRANGE, "cat", None, None]
    for line, path, guess in zip(map(json.loads, ran[0]), pictures, expected, strict=True):
        assert line["picture"] == str(path)
        agrees(line, guess)


@pytest.mark.parametrize("key", ["mean", "neighbours"])
def test_so_it_does_where_another_head_learned(key, lesson, seen):
    expected = guesses(fit(lesson, key), seen)
    assert [guess.name for guess in expected] == [STRANGE, "cat", None, None]
    rows = [each.embedding for each in seen]
    for said, guess in zip(answered(unpacked(export(lesson, key)), rows), expected, strict=True):
        agrees(said, guess)


def test_the_program_speaks_in_words_and_names_a_file_that_is_no_picture(ran):
    cup, cat, noise, _, notes = ran[1]
    assert f"cup.jpg: {STRANGE}, " in cup
    assert "%; distance 0." in cat
    assert "noise.png: never seen; distance " in noise
    assert notes.startswith("ended with: ")
    assert notes.endswith("notes.txt cannot be opened as a picture. Choose a JPEG, PNG or WebP file.")


def few(*names):
    """A lesson of one made-up example for each name."""
    lesson = Lesson()
    for number, name in enumerate(names):
        row = np.random.default_rng(number).random(FEATURES).astype(np.float32)
        lesson = teach(lesson, {Seen(key=str(number), embedding=row / np.linalg.norm(row)): None}, name)
    return lesson


def answered(inside, rows):
    """What `answer` of the exported program makes of embeddings, without the network."""
    facts, learned = json.loads(inside["lesson.json"]), tensors(inside["lesson.safetensors"])
    tree = ast.parse(inside["classify.py"])
    tree.body = [each for each in tree.body if isinstance(each, ast.FunctionDef) and each.name == "answer"]
    scope = {"np": np, "LESSON": facts, "LEARNED": learned}
    exec(compile(tree, "classify.py", "exec"), scope)
    return [scope["answer"](row) for row in rows]


@pytest.mark.parametrize("key", HEADS)
@pytest.mark.parametrize("names", [("a",), ("a", "a"), ("a", "b"), ("a", "b", "b", "a"), tuple("abcdefgh")])
def test_small_lessons_give_the_same_answers_too(key, names):
    lesson = few(*names)
    rows = np.random.default_rng(99).random((5, FEATURES)).astype(np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    expected = guesses(fit(lesson, key), [Seen(key="", embedding=row) for row in rows])
    for said, guess in zip(answered(unpacked(export(lesson, key)), rows), expected, strict=True):
        assert said["name"] == guess.name
        assert said["probabilities"] == pytest.approx(guess.probabilities, abs=1e-5)
        assert said["distance"] == pytest.approx(guess.nearest[0].distance, abs=1e-5)


def test_a_picture_of_the_lesson_itself_is_at_no_distance():
    lesson = few("a", "b", "b")
    for key in HEADS:
        (said,) = answered(unpacked(export(lesson, key)), lesson.embeddings[:1])
        assert said["distance"] == pytest.approx(0, abs=1e-6)
        assert said["distance"] >= 0


def test_no_word_of_the_visitor_is_in_the_program():
    one, other = (unpacked(export(few(name, "b"), "mean")) for name in (STRANGE, "a"))
    assert one["classify.py"] == other["classify.py"]
    assert STRANGE in json.loads(one["lesson.json"])["names"]


def test_the_program_is_short():
    assert unpacked(export(few("a"), "mean"))["classify.py"].count(b"\n") < 90


def test_a_name_stays_a_line_of_an_indented_block_in_the_readme():
    names = (STRANGE, "- [ ] x", "    ```", "===", "1. a", "<!-- ", "&lt;b&gt;")
    readme = unpacked(export(few(*names), "mean"))["README.md"].decode()
    lines = readme.split("\n")
    start = lines.index(f"    {STRANGE}")
    assert lines[start - 1] == ""
    assert lines[start : start + 8] == [*(f"    {name.strip()}" for name in names), ""]
    plain = unpacked(export(few(*"abcdefg"), "mean"))["README.md"].decode().split("\n")
    assert [line for line in lines if line not in lines[start : start + 7]] == [
        line for line in plain if line not in plain[start : start + 7]
    ]


@pytest.mark.parametrize("key", HEADS)
def test_the_readme_says_which_versions_and_which_head(key):
    readme = unpacked(export(few("a", "b"), key))["README.md"].decode()
    pins = (REPOSITORY / "requirements.txt").read_text()
    (line,) = [line for line in readme.splitlines() if "pip install" in line]
    pinned = line.split()[2:]
    assert len(pinned) == 6
    assert all(f"{each} " in pins for each in pinned)
    words = {"mean": "nearest class", "neighbours": "nearest examples", "logistic": "logistic regression"}
    assert f"Here it is {'' if key == 'logistic' else 'the '}{words[key]}" in readme.replace("\n", " ")


def test_the_same_lesson_gives_the_same_bytes():
    assert export(few("a", "b"), "logistic") == export(few("a", "b"), "logistic")


def test_no_picture_leaves_with_the_program(lesson):
    assert b"\xff\xd8\xff" not in export(lesson, "neighbours")
