"""Several photos in one go: each as far as it can be, and all of them in one zip."""

import io
import threading
import zipfile
from functools import partial

import numpy as np
import pytest
from PIL import Image

from dlintro_demos.gallery.intake.images import DEFAULT_LIMITS
from dlintro_demos.gallery.runtime.jobs import Progress
from dlintro_demos.super_resolution.experiment import Request
from dlintro_demos.super_resolution.pace import Pace, plan_fit
from dlintro_demos.super_resolution.several import enlarge_file, names_in_zip, zip_all
from tests.super_resolution.fakes import fake_cache, picture

BICUBIC = Request(method="bicubic", scale=4, faithful=False)


def file(rgb, kind="PNG"):
    data = io.BytesIO()
    Image.fromarray(rgb).save(data, kind)
    return data.getvalue()


def enlarged(data, request=BICUBIC, *, measure=False, room=10**8, most=10**7):
    fit = {"scales": (4, 2), "max_output_pixels": most, "deadline_s": 120.0, "pace": Pace()}
    plan = partial(lambda size, **how: plan_fit(*size, **how), method=request.method, **fit)
    work = (data, DEFAULT_LIMITS, threading.Semaphore(), plan, request, measure, room, fake_cache())
    *progress, last = enlarge_file(*work)
    assert all(isinstance(step, Progress) for step in progress)
    return last


def opened(one):
    return Image.open(io.BytesIO(one.file))


def test_a_photo_comes_back_larger_as_jpeg_and_a_see_through_one_as_png():
    one = enlarged(file(picture(30, 40)))
    assert (one.before, one.after, one.scale, one.ending) == ((40, 30), (160, 120), 4, "jpg")
    assert (opened(one).format, opened(one).size) == ("JPEG", (160, 120))
    clear = enlarged(
        file(np.dstack([picture(30, 40), np.arange(1200).reshape(30, 40) % 256]).astype(np.uint8))
    )
    assert (clear.ending, opened(clear).format, opened(clear).mode) == ("png", "PNG", "RGBA")


def test_a_photo_too_large_is_enlarged_as_far_as_it_can_be():
    one = enlarged(file(picture(30, 40)), most=5000)
    assert (one.after, one.scale) == ((80, 60), 2)


def test_a_file_that_is_no_picture_says_so_and_raises_nothing():
    one = enlarged(b"<html>")
    assert "JPEG, PNG" in one.problem
    assert (one.file, one.needed) == (b"", 0)


def test_a_result_for_which_there_is_no_room_is_not_kept_and_says_how_large_it_is():
    one = enlarged(file(picture(30, 40)), room=100)
    assert (one.file, one.problem) == (b"", "")
    assert one.needed == len(enlarged(file(picture(30, 40))).file)


def test_each_photo_gets_the_network_that_its_own_pixels_ask_for():
    noise = np.random.default_rng(1).normal(128, 12, (96, 96, 3)).clip(0, 255).astype(np.uint8)
    ours = Request(method="ours", scale=2, faithful=True)
    spoilt = Request(method="ours", scale=2, faithful=False, situation="degraded")
    measured, asked, spoilt = (
        enlarged(file(noise), request, measure=measure).file
        for request, measure in ((ours, True), (ours, False), (spoilt, False))
    )
    assert measured == spoilt != asked


def test_a_zip_holds_every_photo_as_it_was_made():
    files = [("a 2x.jpg", b"one"), ("b 4x.png", b"two")]
    *_, packed = zip_all(files)
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        assert archive.testzip() is None
        assert [(info.filename, archive.read(info)) for info in archive.infolist()] == files


@pytest.mark.parametrize(
    ("given", "names"),
    [
        (["beach.HEIC", "beach.jpg"], ["beach 2x.jpg", "beach (2) 2x.jpg"]),
        (["a.png", "A.png"], ["a 2x.jpg", "A (2) 2x.jpg"]),
        (["../../etc/passwd", "C:\\photos\\me.jpg"], ["passwd 2x.jpg", "me 2x.jpg"]),
        (["", ".."], ["file 2x.jpg", "file (2) 2x.jpg"]),
    ],
)
def test_names_in_the_zip_lead_nowhere_and_are_all_different(given, names):
    assert names_in_zip([(name, " 2x.jpg") for name in given]) == names
