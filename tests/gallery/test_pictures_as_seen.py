"""What is read of people's pictures is what their browser shows of them."""

from __future__ import annotations

import io
import struct
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image, PngImagePlugin

from dlintro_demos.gallery.intake.images import (
    ImageLimits,
    MediaTooLarge,
    Picture,
    UnreadableMedia,
    decode_image,
)
from dlintro_demos.gallery.intake.picture_colours import see_through
from tests.gallery.hostile_files import encoded, heic, photo, png, png_chunk

pytestmark = [pytest.mark.reports, pytest.mark.filterwarnings("ignore:::PIL")]


def cut_out(hidden: tuple[int, int, int]) -> Image.Image:
    """A disc with soft edges; what is around it is there, but hidden."""
    y, x = np.mgrid[:48, :64]
    alpha = np.clip((18 - np.hypot(x - 30, y - 22)) * 80, 0, 255).astype(np.uint8)
    rgb = np.where(alpha[..., None] > 0, np.array(photo()), np.array(hidden, np.uint8))
    return Image.fromarray(np.dstack([rgb.astype(np.uint8), alpha]))


def notes(picture: Picture) -> str:
    return "; ".join(picture.notes)


class TestHiddenColours:
    @pytest.mark.parametrize("kind", ["PNG", "TIFF", "WebP"])
    def test_what_is_hidden_leaves_no_trace(self, kind: str) -> None:
        """A face rubbed out with an eraser was found; a white and a green background scored differently."""
        options = {"lossless": True, "exact": True} if kind == "WebP" else {}
        one, other = (
            decode_image(encoded(cut_out(hidden), kind, **options)) for hidden in ((0, 200, 0), (240, 9, 99))
        )
        assert np.array_equal(one.rgb, other.rgb)
        assert (one.rgb[one.alpha == 0] == 255).all()

    def test_a_hidden_colour_of_a_palette_leaves_no_trace(self) -> None:
        image = Image.new("P", (2, 1))
        image.putpalette([255, 0, 0, 0, 0, 255])
        image.putdata([0, 1])
        assert decode_image(encoded(image, "GIF", transparency=1)).rgb.tolist() == [
            [[255, 0, 0], [255, 255, 255]]
        ]

    def test_white_can_be_taken_away_again(self) -> None:
        picture = decode_image(encoded(cut_out((1, 2, 3)), "PNG"))
        again = decode_image(encoded(Image.fromarray(see_through(picture.rgb, picture.alpha)), "PNG"))
        assert np.array_equal(again.rgb, picture.rgb)
        assert np.array_equal(again.alpha, picture.alpha)
        colours = see_through(picture.rgb, picture.alpha)[picture.alpha > 128][:, :3].astype(int)
        assert np.abs(colours - np.array(photo())[picture.alpha > 128]).max() <= 2


class TestPhonesAndCameras:
    def test_a_heic_photo_is_read_upright(self) -> None:
        """Every iPhone's photo was refused."""
        plain, turned = decode_image(heic("photo")), decode_image(heic("turned"))
        assert (plain.format, plain.width, plain.height, plain.alpha) == ("HEIC", 64, 48, None)
        assert np.abs(plain.rgb.astype(int) - np.array(photo())).mean() < 12
        assert np.abs(turned.rgb.astype(int) - np.rot90(np.array(photo()), -1)).mean() < 12

    def test_a_see_through_heic_lies_on_white(self) -> None:
        picture = decode_image(heic("glass"))
        assert picture.alpha is not None
        assert picture.rgb[0].min() > 240

    def test_an_avif_photo_is_read(self) -> None:
        exif = Image.Exif()
        exif[274] = 6
        picture = decode_image(encoded(photo(), "AVIF", quality=95, exif=exif))
        assert (picture.format, picture.width, picture.notes) == ("AVIF", 48, ("turned upright",))
        assert np.abs(picture.rgb.astype(int) - np.rot90(np.array(photo()), -1)).mean() < 12

    def test_the_pixels_of_heic_and_avif_are_counted_before_they_are_decoded(self) -> None:
        for data in (heic("photo"), encoded(photo(), "AVIF")):
            with pytest.raises(MediaTooLarge, match="64 x 48"):
                decode_image(data, ImageLimits(max_pixels=3000))

    @pytest.mark.parametrize("order", ["<", ">"])
    @pytest.mark.parametrize(
        "facts",
        [{50706: (1, 4, 0x401)}, {262: (3, 1, 32803)}, {259: (3, 1, 34713)}],
        ids=["dng", "cfa", "nef"],
    )
    def test_a_raw_photo_is_not_taken_for_its_thumbnail(self, order: str, facts: dict) -> None:
        """DNG and NEF gave a tiny picture without a word."""
        with pytest.raises(UnreadableMedia, match=r"raw photo.*JPEG.*try again"):
            decode_image(with_page_below(order, facts))

    def test_a_preview_of_a_larger_page_is_called_a_preview(self) -> None:
        assert notes(decode_image(with_page_below("<", {}))) == "only the small preview in it"

    @pytest.mark.parametrize("divisor", [2, 4, 8])
    def test_a_jpeg_over_the_limit_is_opened_smaller_and_says_so(self, divisor: int) -> None:
        """Photos of 48, 108 and 200 megapixels were refused."""
        limits = ImageLimits(max_pixels=640 * 480 // divisor**2)
        picture = decode_image(encoded(photo(640, 480), "JPEG", quality=95), limits)
        assert (picture.width, picture.height) == (640 // divisor, 480 // divisor)
        assert f"opened at 1/{divisor} of its size, {picture.width} x {picture.height}" in notes(picture)
        assert "640 x 480" in notes(picture)
        small = photo(640, 480).reduce(divisor)
        assert np.abs(picture.rgb.astype(int) - np.array(small)).mean() < 12

    def test_a_long_strip_of_a_jpeg_is_opened_smaller(self) -> None:
        picture = decode_image(encoded(photo(900, 3), "JPEG"), ImageLimits(max_side=500))
        assert (picture.width, picture.height) == (450, 2)

    def test_what_cannot_be_opened_in_little_memory_is_refused_with_a_way_out(self) -> None:
        progressive = encoded(photo(640, 480), "JPEG", progressive=True)
        with pytest.raises(MediaTooLarge, match=r"640 x 480.*not progressive.*try again"):
            decode_image(progressive, ImageLimits(max_pixels=100_000))
        with pytest.raises(MediaTooLarge, match="640 x 480"):  # not even at an eighth
            decode_image(encoded(photo(640, 480), "JPEG"), ImageLimits(max_pixels=2000))

    def test_a_jpeg_of_200_megapixels_takes_little_memory(self) -> None:
        pytest.importorskip("resource")
        script = (
            "import sys, resource\n"
            "from dlintro_demos.gallery.intake.images import decode_image\n"
            "data = sys.stdin.buffer.read()\n"
            "peak = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
            "before = peak()\n"
            "picture = decode_image(data)\n"
            "print(picture.width, picture.height, (peak() - before) / 1024)\n"
        )
        file = io.BytesIO()
        Image.new("L", (16_320, 12_240), 90).save(file, "JPEG")
        child = subprocess.run(
            [sys.executable, "-c", script], input=file.getvalue(), capture_output=True, check=True
        )
        width, height, megabytes = child.stdout.split()
        assert (int(width), int(height)) == (4080, 3060)
        assert float(megabytes) < 130


class TestAsBrowsersDo:
    @pytest.mark.parametrize(
        ("gamma", "given", "expected"), [(100_000, 55, 128), (55_556, 128, 147), (45_455, 99, 99)]
    )
    @pytest.mark.parametrize("colour", [0, 2])
    def test_the_gamma_of_a_png_counts(self, gamma: int, given: int, expected: int, colour: int) -> None:
        """A linear PNG was far too dark."""
        chunk = png_chunk(b"gAMA", struct.pack(">I", gamma))
        data = png((1, 1), bytes([0] + [given] * 3)[: 2 if colour == 0 else 4], colour=colour, chunks=[chunk])
        picture = decode_image(data)
        assert np.abs(picture.rgb.astype(int) - expected).max() <= 1
        assert ("converted" in notes(picture)) == (given != expected)

    def test_a_png_that_says_srgb_is_left_as_it_is(self) -> None:
        chunks = [png_chunk(b"sRGB", b"\0"), png_chunk(b"gAMA", struct.pack(">I", 100_000))]
        assert decode_image(png((1, 1), bytes([0, 55, 55, 55]), chunks=chunks)).rgb.tolist() == [[[55] * 3]]

    @pytest.mark.parametrize("gamma", [0, 1, 2**32 - 1])
    def test_a_gamma_without_sense_does_no_harm(self, gamma: int) -> None:
        chunk = png_chunk(b"gAMA", struct.pack(">I", gamma))
        assert decode_image(png((1, 1), bytes([0, 55, 55, 55]), chunks=[chunk])).rgb.shape == (1, 1, 3)

    @pytest.mark.parametrize("kind", ["JPEG", "PNG", "WebP", "TIFF"])
    def test_an_orientation_in_xmp_alone_is_not_obeyed(self, kind: str) -> None:
        """The picture lay on its side here and stood upright everywhere else."""
        xmp = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:Description tiff:Orientation="6"/></x:xmpmeta>'
        options: dict = {"xmp": xmp}
        if kind == "PNG":
            text = PngImagePlugin.PngInfo()
            text.add_itxt("XML:com.adobe.xmp", xmp.decode())
            options = {"pnginfo": text}
        if kind == "TIFF":
            options = {"tiffinfo": {700: xmp}}
        picture = decode_image(encoded(photo(), kind, **options))
        assert (picture.width, picture.height, picture.notes) == (64, 48, ())

    @pytest.mark.parametrize("extension", [b"", b"!\xfe\x02hi\0"])
    def test_an_animation_without_timing_is_called_one(self, extension: bytes) -> None:
        """A GIF of two frames without graphics control blocks passed for a single picture."""
        one = encoded(Image.new("P", (8, 8)), "GIF")
        frame = one[one.index(b",") : -1]
        data = one[:-1] + extension + frame + frame + b";"
        assert notes(decode_image(data)) == "first of 3 frames"

    @pytest.mark.parametrize("kind", ["DIB", "BigTIFF"])
    def test_rare_relatives_of_common_formats_are_read(self, kind: str) -> None:
        data = encoded(photo(), "TIFF", big_tiff=True) if kind == "BigTIFF" else encoded(photo(), kind)
        assert np.array_equal(decode_image(data).rgb, np.array(photo()))


def with_page_below(order: str, facts: dict[int, tuple[int, int, int]]) -> bytes:
    """A TIFF of a 16 x 12 preview and, below it, a page of 64 x 48; `facts` (type, count, value) stand on it.

    What says that it is a DNG stands on the first page.
    """

    def page(entries: dict[int, tuple[int, int, int]]) -> bytes:
        rows = []
        for tag, (form, count, value) in sorted(entries.items()):
            word = struct.pack(f"{order}HH", value, 0) if form == 3 else struct.pack(f"{order}I", value)
            rows.append(struct.pack(f"{order}HHI", tag, form, count) + word)
        return struct.pack(f"{order}H", len(rows)) + b"".join(rows) + struct.pack(f"{order}I", 0)

    pixels = 8
    below = pixels + 16 * 12
    large = {254: (4, 1, 0), 256: (4, 1, 64), 257: (4, 1, 48), 258: (3, 1, 8), 262: (3, 1, 1)}
    small = {254: (4, 1, 1), 256: (4, 1, 16), 257: (4, 1, 12), 258: (3, 1, 8), 262: (3, 1, 1)}
    small |= {273: (4, 1, pixels), 277: (3, 1, 1), 278: (4, 1, 12), 279: (4, 1, 192), 330: (4, 1, below)}
    for tag, fact in facts.items():
        (small if tag == 50706 else large)[tag] = fact
    second = page(large)
    start = below + len(second)
    head = (b"II" if order == "<" else b"MM") + struct.pack(f"{order}HI", 42, start)
    return head + bytes(192) + second + page(small)
