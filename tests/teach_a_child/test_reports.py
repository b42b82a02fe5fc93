"""What people did with their lessons, and what became of it."""

import io
import zipfile

import numpy as np
import pytest
from PIL import Image

from dlintro_demos.gallery.process import engine
from dlintro_demos.teach_a_child.lesson_file import LessonFileError, load, save
from dlintro_demos.teach_a_child.tray import begin
from dlintro_demos.teach_a_child.ui.visit import TeachVisit

pytestmark = pytest.mark.reports


@pytest.fixture(scope="module")
def lesson():
    *_, taught = begin(engine().cache)
    return taught


def zipped_again(data, *, folder="", slash="/", beside=()):
    """The files of a zip in another one, as systems make them."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new:
        if folder:
            new.writestr(f"{folder}{slash}", b"")
        for name in old.namelist():
            path = f"{folder}/{name}" if folder else name
            info = zipfile.ZipInfo("x")
            info.filename = path.replace("/", slash)
            new.writestr(info, old.read(name))
        for name in beside:
            new.writestr(name, b"\0\5\x16\7 not ours")
    return file.getvalue()


AGAIN = {
    "Finder, the folder": {
        "folder": "my lesson",
        "beside": ("__MACOSX/my lesson/._lesson.json", "my lesson/.DS_Store"),
    },
    "Finder, the items": {"beside": ("__MACOSX/._lesson.json", ".DS_Store")},
    "Windows, the folder": {"folder": "lesson (1)", "beside": ("lesson (1)/Thumbs.db",)},
    "an old Windows": {"folder": "lesson", "slash": "\\", "beside": ("lesson\\desktop.ini",)},
    "folder in folder": {"folder": "Downloads/lesson"},
}


@pytest.mark.parametrize("pictures", [True, False])
@pytest.mark.parametrize("how", AGAIN.values(), ids=AGAIN.keys())
def test_a_lesson_that_was_unpacked_and_zipped_again_opens(lesson, how, pictures):
    """It came “from another program”, or held something that “belongs to no lesson”."""
    opened, head = load(zipped_again(save(lesson, "mean", pictures=pictures), **how))
    assert head == "mean"
    assert [each.name for each in opened.examples] == [each.name for each in lesson.examples]
    assert all(bool(each.seen.thumbnail) == pictures for each in opened.examples)


def test_what_else_lies_in_the_zip_is_still_refused(lesson):
    data = save(lesson, "mean", pictures=False)
    for beside in ("lesson/notes.txt", "other/lesson.json"):
        with pytest.raises(LessonFileError):
            load(zipped_again(data, folder="lesson", beside=(beside,)))


def test_undo_acts_only_on_the_lesson_that_it_was_clicked_on(lesson):
    """“Undo” twice was an error page, or took back what nobody had seen."""
    visit = TeachVisit(lesson=lesson)
    visit.set(type(lesson)(examples=lesson.examples[:3]))
    visit.set(type(lesson)(examples=lesson.examples[:2]))
    clicked_on = visit.lesson
    for _ in range(2):
        visit.undo(clicked_on)
        assert len(visit.lesson.examples) == 3
    first = visit.lesson
    for _ in range(3):
        visit.undo(first)
    assert visit.lesson is lesson
    visit.undo(lesson)
    assert visit.lesson is lesson


def test_many_at_once_teaches_new_pictures_after_any_number_of_changes(open_page, lesson):
    """“Teach it all 5” taught nothing new once there had been twenty changes."""
    at = open_page("teach_a_child")
    visit = at.session_state["taught"]
    for _ in range(25):
        visit.set(type(lesson)(examples=visit.lesson.examples))
    at.session_state["many-at-once"] = True
    counts = []
    for _ in range(3):
        at.run()
        next(button for button in at.button if button.label == "Show them to the machine").click().run()
        next(button for button in at.button if button.label == "Teach it all 5").click().run()
        assert not at.exception
        counts.append(len(at.session_state["taught"].lesson.examples))
    assert counts == [9, 14, 19]


def test_what_just_happened_shows_the_picture_that_was_shown(open_page):
    """After one's own cup it explained a red ball."""
    at = open_page("teach_a_child")
    at.button_group(key="source").set_value("upload").run()
    file = io.BytesIO()
    noise = np.random.default_rng(4).integers(0, 256, (64, 64, 3)).astype(np.uint8)
    Image.fromarray(noise).save(file, "PNG")
    at.file_uploader[0].set_value(("cup.png", file.getvalue(), "image/png"))
    at.run()
    assert not at.exception
    visit = at.session_state["taught"]
    assert visit.shown.alt == "your picture"
    (explained,) = [part.proto.body for part in at.get("html") if "<ol class=steps>" in part.proto.body]
    assert 'alt="your picture"' in explained
