"""Decoders in processes of their own: what they give is the same, and what ends them ends nothing else."""

import signal
import threading
from pathlib import Path

import numpy as np
import psutil
import pytest

from dlintro_demos.gallery.intake import contained, images, sounds, video
from dlintro_demos.gallery.intake.contained import FAILED, TOO_MUCH, DecoderFailed
from dlintro_demos.gallery.intake.images import ImageLimits, MediaTooLarge, UnreadableMedia
from dlintro_demos.gallery.intake.video import VideoLimits
from dlintro_demos.gallery.runtime.jobs import JobQueue, Progress
from dlintro_demos.gallery.settings import REPOSITORY
from tests.gallery.hostile_files import encoded, photo
from tests.gallery.tab import Tab, closing_tabs
from tests.gallery.test_imports import imports_of
from tests.gallery.test_video import made

PHOTO = encoded(photo(), "PNG")
# A decoder that does what the file says.
FAULTY = """
import ctypes, os, sys, time
from dlintro_demos.gallery.intake import contained, images

honest = images.decode_image

def decode_image(data, limits):
    match data[:5]:
        case b"crash": ctypes.string_at(0)
        case b"abort": os.abort()
        case b"leave": os._exit(0)
        case b"spin!":
            while True: pass
        case b"sleep": time.sleep(60)
        case b"hoard": return bytes(1 << 34)
        case b"write": open(__file__.replace("faulty.py", "written"), "wb").write(b"x" * 100)
        case b"lies!":
            os.write(int(sys.argv[1]), (400).to_bytes(4, "big") + b"[" * 400)
            time.sleep(60)
        case b"large":
            head = b'{"door": "image", "fields": {}, "arrays": {"rgb": ["uint8", [9999999, 9999999], false]}}'
            os.write(int(sys.argv[1]), len(head).to_bytes(4, "big") + head)
            time.sleep(60)
    return honest(data, limits)

images.decode_image = decode_image
contained._serve(contained.socket.socket(fileno=int(sys.argv[1])), int(sys.argv[2]), float(sys.argv[3]))
"""


@pytest.fixture(autouse=True)
def fresh():
    """No child of another test, and none left."""
    contained.close()
    yield
    contained.close()


@pytest.fixture
def faulty(monkeypatch, tmp_path):
    """Children whose decoder does as the file says."""
    script = tmp_path / "faulty.py"
    script.write_text(FAULTY)
    start = contained.subprocess.Popen

    def popen(command, **options):
        options["env"]["PYTHONPATH"] = str(REPOSITORY)
        return start([command[0], str(script), *command[3:]], **options)

    monkeypatch.setattr(contained.subprocess, "Popen", popen)


def test_a_picture_is_the_same_as_without_a_process_around_it():
    for file in (PHOTO, encoded(photo().convert("RGBA"), "PNG"), encoded(photo(), "TIFF")):
        here, there = images.decode_image(file), contained.decode_image(file)
        assert (here.rgb == there.rgb).all()
        assert (here.format, here.digest, here.notes) == (there.format, there.digest, there.notes)
        assert (here.alpha is None) == (there.alpha is None)
        there.rgb[0, 0] = 7  # whoever asked may change it


def test_a_video_comes_frame_by_frame_with_its_progress():
    file = made(frames=25)
    *steps, here = video.decode_video(file, VideoLimits(rate=10))
    *others, there = contained.decode_video(file, VideoLimits(rate=10))
    assert steps == others
    assert all((a == b).all() for a, b in zip(here.frames, there.frames, strict=True))
    assert (here.times == there.times).all()
    assert (here.seconds, here.fps, here.format) == (there.seconds, there.fps, there.format)


def test_a_sound_is_the_same():
    file = sounds.encode_wav(np.sin(np.arange(8_000) / 7).astype(np.float32))
    here, there = sounds.decode_sound(file), contained.decode_sound(file)
    assert (here.samples == there.samples).all()
    assert here.notes == there.notes


def test_how_a_picture_was_held_is_read_outside_too():
    image = photo()
    exif = image.getexif()
    exif[0x0112] = 6
    assert contained.orientation_of(encoded(image, "JPEG", exif=exif.tobytes())) == 6
    assert contained.orientation_of(b"no picture") == 1


@pytest.mark.parametrize(
    ("ask", "error"),
    [
        (lambda: contained.decode_image(b"no picture at all"), UnreadableMedia),
        (lambda: contained.decode_image(PHOTO, ImageLimits(max_pixels=10)), MediaTooLarge),
        (lambda: contained.decode_sound(b""), sounds.EmptySound),
        (lambda: contained.decode_sound(PHOTO), sounds.NotASound),
        (lambda: list(contained.decode_video(b"x", VideoLimits())), UnreadableMedia),
    ],
)
def test_a_refusal_is_the_doors_own_and_the_child_works_on(ask, error):
    contained.decode_image(PHOTO)
    (child,) = contained._idle
    with pytest.raises(error) as refused:
        ask()
    assert type(refused.value) is error
    assert contained._idle == [child]


@pytest.mark.parametrize("how", [b"crash", b"abort", b"leave", b"lies!", b"large"])
def test_a_decoder_that_crashes_refuses_the_file_in_words_and_the_next_one_is_opened(faulty, how):
    with pytest.raises(DecoderFailed) as refused:
        contained.decode_image(how)
    assert str(refused.value) == FAILED
    assert contained.decode_image(PHOTO).width == 64


@pytest.mark.parametrize(("how", "seconds"), [(b"spin!", 1.0), (b"sleep", 0.25)])
def test_a_decoder_that_does_not_come_to_an_end_is_ended(faulty, monkeypatch, how, seconds):
    from dataclasses import replace

    limits = replace(contained.settings(), decoder_seconds=seconds)
    monkeypatch.setattr(contained, "settings", lambda: limits)
    with pytest.raises(DecoderFailed) as refused:
        contained.decode_image(how)
    assert str(refused.value) == TOO_MUCH
    assert contained._idle == []


def test_a_decoder_that_wants_more_memory_than_it_may_have_gets_none(faulty):
    with pytest.raises(UnreadableMedia):
        contained.decode_image(b"hoard")


def test_a_decoder_writes_no_file(faulty, tmp_path):
    with pytest.raises(UnreadableMedia):
        contained.decode_image(b"write")
    assert (tmp_path / "written").read_bytes() == b""


def test_a_decoder_gets_none_of_the_gallerys_secrets(monkeypatch):
    monkeypatch.setenv("DLINTRO_PRESENTER_PIN", "correct horse")
    contained.warm()
    (child,) = contained._idle
    known = Path(f"/proc/{child.process.pid}/environ").read_bytes().split(b"\0")
    assert {entry.partition(b"=")[0].decode() for entry in known} - {""} <= set(contained.KEPT_VARIABLES)


def test_a_child_that_was_killed_while_it_waited_is_replaced():
    contained.decode_image(PHOTO)
    contained._idle[0].process.send_signal(signal.SIGKILL)
    contained._idle[0].process.wait()
    assert contained.decode_image(PHOTO).width == 64


def test_a_job_that_is_cancelled_while_it_reads_a_video_ends_the_child():
    file = made(frames=200)
    steps = contained.decode_video(file, VideoLimits(max_seconds=100, rate=60))
    assert isinstance(next(steps), Progress)
    steps.close()
    assert contained._idle == []


def test_a_job_that_meets_a_crash_fails_alone_while_others_go_on(faulty):
    queue = JobQueue(at_once=2)

    def work(data):
        yield contained.decode_image(data)

    try:
        jobs = [
            queue.submit(work, data, visitor=str(n))
            for n, data in enumerate((b"crash", PHOTO, b"abort", PHOTO))
        ]
        for job, good in zip(jobs, (False, True, False, True), strict=True):
            if good:
                assert job.result().width == 64
            else:
                with pytest.raises(DecoderFailed):
                    job.result()
    finally:
        queue.shutdown()


def test_many_threads_get_their_own_pictures():
    files = [encoded(photo(20 + 4 * n, 30), "PNG") for n in range(6)]
    found = {}

    def look(n):
        found[n] = [contained.decode_image(files[n]).width for _ in range(5)]

    threads = [threading.Thread(target=look, args=(n,)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == {n: [20 + 4 * n] * 5 for n in range(6)}


def test_a_real_file_that_ends_a_real_decoder_is_refused():
    """Found by `make fuzz`: two kilobytes of HEIC whose camera data lies elsewhere than it says."""
    file = (Path(__file__).parent / "found" / "ends_libheif.heic").read_bytes()
    with pytest.raises(DecoderFailed):
        contained.decode_image(file)
    assert contained.orientation_of(file) == 1
    assert contained.decode_image(PHOTO).width == 64


def decoders():
    """The children that decode, of all galleries that these tests have started."""
    return [
        each
        for each in psutil.Process().children(recursive=True)
        if "dlintro_demos.gallery.intake.contained" in each.cmdline()
    ]


def test_a_crash_while_a_photo_is_read_is_said_on_the_page_and_the_gallery_goes_on(start_gallery):
    others = decoders()
    with start_gallery() as url, closing_tabs():
        (decoder,) = set(decoders()) - set(others)
        tab = Tab(url, "super_resolution", "method=Bicubic").run()
        tab.choose("Which picture", "My photo")
        decoder.suspend()
        tab.begin_show("photo.png", PHOTO)
        while not tab.of("progress"):  # the decoder has the file
            tab.until("delta")
        decoder.send_signal(signal.SIGSEGV)
        decoder.resume()
        tab.until("script_finished")
        assert [alert.body for alert in tab.of("alert") if "decoder" in alert.body] == [FAILED]
        tab.show("photo.png", PHOTO)
        assert not [alert.body for alert in tab.of("alert") if "decoder" in alert.body]
        assert tab.http("GET", "/readyz")[0] == 200
        assert decoder not in decoders()


OURS = {  # what the gallery made itself, an operator mounted, or somebody opens on their own computer
    "dlintro_demos/assistant/quiz.py",
    "dlintro_demos/assistant/recordings.py",
    "dlintro_demos/gallery/command_line.py",
    "dlintro_demos/medicine/nuclei/command.py",
    "dlintro_demos/medicine/own_model/mounted.py",
}


def test_nothing_of_a_visitor_is_decoded_in_the_gallerys_own_process():
    doors = {"decode_image", "decode_video", "decode_sound", "orientation_of"}
    inside = {
        path.relative_to(REPOSITORY).as_posix()
        for folder in ("dlintro_demos", "pages")
        for path in (REPOSITORY / folder).rglob("*.py")
        if "gallery/intake/" not in path.as_posix()
        for _, name in imports_of(path, REPOSITORY)
        if name.rpartition(".")[2] in doors and not name.startswith("dlintro_demos.gallery.intake.contained.")
    }
    assert inside == OURS
