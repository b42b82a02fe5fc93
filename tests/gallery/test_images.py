"""What comes in through the door for picture files, and what stays out."""

from __future__ import annotations

import functools
import hashlib
import io
import json
import struct
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from PIL import Image, ImageCms

from dlintro_demos.gallery.intake.images import (
    ImageLimits,
    MediaTooLarge,
    Picture,
    UnreadableMedia,
    decode_image,
    encode_png,
    encode_webp,
    orientation_of,
)
from dlintro_demos.gallery.intake.picture_colours import see_through
from tests.gallery.hostile_files import (
    HostileFile,
    encoded,
    heic,
    hostile_files,
    photo,
    png,
    png_bomb,
    png_chunk,
    tiff,
)

# pytest shows what the module silences.
pytestmark = pytest.mark.filterwarnings("ignore:::PIL")

SMALL = ImageLimits(max_bytes=200_000, max_pixels=100_000, max_side=2_000)
FORMATS = ("JPEG", "PNG", "WebP", "AVIF", "GIF", "BMP", "TIFF")
fuzz = settings(derandomize=True, deadline=None, max_examples=200, database=None)


def by_name(file: HostileFile) -> str:
    return file.name


def same(one: np.ndarray | None, other: np.ndarray | None) -> bool:
    return one is other is None or (one is not None and other is not None and np.array_equal(one, other))


class TestFormats:
    @pytest.mark.parametrize("kind", FORMATS)
    def test_each_format_is_known_by_its_content(self, kind: str) -> None:
        data = encoded(photo(), kind)
        picture = decode_image(data)
        assert (picture.format, picture.width, picture.height, picture.notes) == (kind, 64, 48, ())
        assert picture.megapixels == pytest.approx(0.003072)
        assert picture.digest == hashlib.sha256(data).hexdigest()
        assert picture.rgb.dtype == np.uint8
        assert picture.rgb.flags.c_contiguous
        assert picture.rgb.flags.writeable

    @pytest.mark.parametrize("kind", ["PNG", "BMP", "TIFF"])
    def test_lossless_formats_keep_every_pixel(self, kind: str) -> None:
        assert np.array_equal(decode_image(encoded(photo(), kind)).rgb, np.array(photo()))

    @pytest.mark.parametrize("compression", ["tiff_lzw", "tiff_deflate", "packbits"])
    def test_compressed_tiff_keeps_every_pixel(self, compression: str) -> None:
        data = encoded(photo(), "TIFF", compression=compression)
        assert np.array_equal(decode_image(data).rgb, np.array(photo()))

    def test_the_two_pictures_of_a_phone_are_one_jpeg(self) -> None:
        data = encoded(photo(), "MPO", save_all=True, append_images=[photo(8, 8)])
        picture = decode_image(data)
        assert (picture.format, picture.width, picture.notes) == ("JPEG", 64, ())


class TestHostileFiles:
    @pytest.mark.parametrize("file", [f for f in hostile_files() if f.verdict != "accepted"], ids=by_name)
    def test_is_refused_with_the_reason_and_what_to_do(self, file: HostileFile) -> None:
        with pytest.raises(UnreadableMedia) as refusal:
            decode_image(file.data)
        message = str(refusal.value)
        assert isinstance(refusal.value, MediaTooLarge) == (file.verdict == "too large")
        assert file.says in message
        assert any(step in message for step in ("Choose a", "try again"))

    @pytest.mark.parametrize("file", [f for f in hostile_files() if f.verdict == "accepted"], ids=by_name)
    def test_is_accepted_with_a_note(self, file: HostileFile) -> None:
        assert file.says in "; ".join(decode_image(file.data).notes)

    @pytest.mark.parametrize("file", hostile_files(), ids=by_name)
    def test_is_judged_at_once(self, file: HostileFile) -> None:
        start = time.process_time()
        judge(file.data)
        assert time.process_time() - start < 0.5

    def test_nothing_of_a_file_is_said_logged_or_written(
        self,
        capfd: pytest.CaptureFixture[str],
        caplog: pytest.LogCaptureFixture,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        judge(png((1, 1), bytes(4)))  # whatever is imported late is imported now
        monkeypatch.setattr("builtins.open", lambda *args, **kwargs: pytest.fail("a file was opened"))
        said = [judge(file.data) for file in hostile_files()]
        assert not any(word in line for line in said for word in ("secret", "alert", "Größe"))
        assert capfd.readouterr() == ("", "")
        assert not caplog.records

    def test_refusing_takes_little_memory_and_is_silent(self) -> None:
        pytest.importorskip("resource")
        bombs = [file.data for file in hostile_files() if file.verdict != "accepted"]
        script = (
            "import sys, json, resource\n"
            "from dlintro_demos.gallery.intake.images import UnreadableMedia, decode_image\n"
            "bombs = [bytes.fromhex(line) for line in sys.stdin]\n"
            "peak = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
            "before = peak()\n"
            "for bomb in bombs:\n"
            "    try: decode_image(bomb)\n"
            "    except UnreadableMedia: continue\n"
            "    raise SystemExit('a bomb came through')\n"
            "print(json.dumps(peak() - before))\n"
        )
        lines = "\n".join(bomb.hex() for bomb in bombs)
        child = subprocess.run(
            [sys.executable, "-c", script], input=lines, capture_output=True, text=True, check=True
        )
        unit = 1 if sys.platform == "darwin" else 1024
        assert json.loads(child.stdout) * unit < 24 * 2**20
        assert child.stderr == ""

    def test_a_bomb_is_not_decoded_to_be_refused(self) -> None:
        bomb = png_bomb()
        start = time.process_time()
        with pytest.raises(MediaTooLarge, match="13000 x 13000 pixels; the limit is 40 megapixels"):
            decode_image(bomb)
        assert time.process_time() - start < 0.1
        assert len(bomb) < 600_000

    def test_no_warning_escapes_when_a_bomb_is_refused(self, recwarn: pytest.WarningsRecorder) -> None:
        for claim in (10_000, 13_000, 100_000):
            judge(png((claim, claim), b""))
        assert not recwarn.list


def judge(data: bytes, limits: ImageLimits = SMALL) -> str:
    """The message of a refusal, or the notes of a picture; anything else that is raised fails the test."""
    try:
        return "; ".join(decode_image(data, limits).notes)
    except UnreadableMedia as refusal:
        return str(refusal)


class TestLimits:
    def test_a_file_over_the_limit_is_refused_with_both_sizes(self) -> None:
        with pytest.raises(MediaTooLarge, match=r"has 3\.0 MB; the limit is 2 MB"):
            decode_image(bytes(3 * 2**20), ImageLimits(max_bytes=2 * 2**20))

    def test_the_limits_themselves_are_allowed(self) -> None:
        data = encoded(photo(30, 20), "PNG")
        limits = ImageLimits(max_bytes=len(data), max_pixels=600, max_side=30)
        assert decode_image(data, limits).width == 30

    @pytest.mark.parametrize("limits", [ImageLimits(max_pixels=599), ImageLimits(max_side=29)])
    def test_one_more_is_refused(self, limits: ImageLimits) -> None:
        with pytest.raises(MediaTooLarge, match="30 x 20 pixels"):
            decode_image(encoded(photo(30, 20), "PNG"), limits)

    @pytest.mark.parametrize("kind", [*FORMATS, "progressive JPEG", "LZW TIFF", "RLE BMP"])
    def test_a_file_cut_anywhere_is_refused_or_whole(self, kind: str) -> None:
        if kind == "progressive JPEG":
            data = encoded(photo(), "JPEG", progressive=True)
        elif kind == "LZW TIFF":
            data = encoded(photo(), "TIFF", compression="tiff_lzw")
        elif kind == "RLE BMP":
            header = struct.pack("<IiiHHIIiiII", 40, 8, 8, 1, 8, 1, 64, 0, 0, 256, 0)
            head = b"BM" + struct.pack("<IHHI", 0, 0, 0, 1078) + header
            data = head + bytes(range(256)) * 4 + b"\4\7\4\x09\0\0" * 8 + b"\0\1"
        else:
            data = encoded(photo(), kind)
        whole = decode_image(data).rgb
        for end in range(1, len(data), 1 + len(data) // 150):
            try:
                assert np.array_equal(decode_image(data[:end]).rgb, whole), end
            except UnreadableMedia:
                continue


UPRIGHT: dict[int, Callable[[np.ndarray], np.ndarray]] = {
    1: lambda stored: stored,
    2: lambda stored: stored[:, ::-1],
    3: lambda stored: stored[::-1, ::-1],
    4: lambda stored: stored[::-1],
    5: lambda stored: stored.transpose(1, 0, 2),
    6: lambda stored: np.rot90(stored, -1),
    7: lambda stored: stored[::-1, ::-1].transpose(1, 0, 2),
    8: lambda stored: np.rot90(stored),
}


class TestOrientation:
    @pytest.mark.parametrize("kind", ["JPEG", "PNG", "WebP", "TIFF"])
    @pytest.mark.parametrize("orientation", UPRIGHT)
    def test_a_photo_is_turned_upright(self, kind: str, orientation: int) -> None:
        exif = Image.Exif()
        exif[274] = orientation
        stored = decode_image(encoded(photo(), kind)).rgb
        picture = decode_image(encoded(photo(), kind, exif=exif))
        assert np.array_equal(picture.rgb, UPRIGHT[orientation](stored))
        assert picture.notes == (("turned upright",) if orientation > 1 else ())

    def test_alpha_turns_with_the_colours(self) -> None:
        exif = Image.Exif()
        exif[274] = 6
        image = photo()
        image.putalpha(Image.linear_gradient("L").resize(image.size))
        picture = decode_image(encoded(image, "PNG", exif=exif))
        assert np.array_equal(picture.alpha, np.rot90(np.array(image)[..., 3], -1))

    def test_an_orientation_that_does_not_exist_is_ignored(self) -> None:
        exif = Image.Exif()
        exif[274] = 99
        assert decode_image(encoded(photo(), "PNG", exif=exif)).notes == ()


class TestTransparency:
    def test_an_opaque_picture_has_no_alpha(self) -> None:
        assert decode_image(encoded(photo().convert("RGBA"), "PNG")).alpha is None

    @pytest.mark.parametrize("kind", ["PNG", "TIFF"])
    @pytest.mark.parametrize("mode", ["RGBA", "LA"])
    def test_what_is_see_through_lies_on_white_and_says_how_far(self, kind: str, mode: str) -> None:
        image = photo().convert(mode)
        image.putalpha(Image.linear_gradient("L").resize(image.size))
        picture = decode_image(encoded(image, kind))
        white = Image.new("RGBA", image.size, "white")
        white.alpha_composite(image.convert("RGBA"))
        assert np.array_equal(picture.alpha, np.array(image)[..., -1])
        assert np.abs(picture.rgb.astype(int) - np.array(white)[..., :3]).max() <= 1

    def test_premultiplied_grey_is_divided_by_its_alpha(self) -> None:
        entries = [(256, 4, 1, 1), (257, 4, 1, 1), (258, 3, 2, 8 | 8 << 16), (262, 3, 1, 1)]
        entries += [(273, 4, 1, 110), (277, 3, 1, 2), (278, 4, 1, 1), (338, 3, 1, 1)]
        picture = decode_image(tiff(entries, bytes([50, 128])))
        assert np.abs(picture.rgb.astype(int) - 177).max() <= 1  # half of 100, half of white
        assert picture.alpha.tolist() == [[128]]

    def test_a_palette_may_have_a_transparent_colour(self) -> None:
        image = Image.new("P", (2, 1))
        image.putpalette([255, 0, 0, 0, 0, 255])
        image.putdata([0, 1])
        for kind in ("PNG", "GIF"):
            picture = decode_image(encoded(image, kind, transparency=1))
            assert picture.rgb[0, 0].tolist() == [255, 0, 0]
            assert picture.alpha.tolist() == [[255, 0]]

    def test_a_palette_may_have_an_alpha_for_each_colour(self) -> None:
        image = Image.new("P", (2, 1))
        image.putpalette([255, 0, 0, 0, 0, 255])
        image.putdata([0, 1])
        picture = decode_image(encoded(image, "PNG", transparency=b"\x40\x80"))
        assert picture.alpha.tolist() == [[0x40, 0x80]]

    @pytest.mark.parametrize(
        ("bits", "colour", "row", "key"),
        [
            (1, 0, b"\0\x40", b"\0\1"),
            (2, 0, b"\0\x10", b"\0\1"),
            (4, 0, b"\0\x05", b"\0\5"),
            (8, 0, b"\0\x07\x09", b"\0\x09"),
            (16, 0, b"\0\1\2\1\3", b"\1\3"),
            (8, 2, b"\0abcdef", b"\0d\0e\0f"),
            (16, 2, b"\0aabbccddeeff", b"ddeeff"),
        ],
    )
    def test_a_png_may_name_one_transparent_colour(
        self, bits: int, colour: int, row: bytes, key: bytes
    ) -> None:
        data = png((2, 1), row, bits=bits, colour=colour, chunks=[png_chunk(b"tRNS", key)])
        assert decode_image(data).alpha.tolist() == [[255, 0]]


class TestDepth:
    @pytest.mark.parametrize("kind", ["PNG", "TIFF"])
    def test_sixteen_bits_of_grey_become_eight(self, kind: str) -> None:
        values = np.arange(65536, dtype=np.uint16).reshape(256, 256)
        picture = decode_image(encoded(Image.fromarray(values), kind))
        assert np.array_equal(picture.rgb[..., 0], (values.astype(int) + 128) // 257)
        assert picture.notes == ("16 bits reduced to 8",)

    def test_big_endian_grey_is_not_swapped(self) -> None:
        image = Image.frombytes("I;16B", (3, 1), b"\0\0\x80\x80\xff\xff")
        assert decode_image(encoded(image, "TIFF")).rgb[..., 0].tolist() == [[0, 128, 255]]

    @pytest.mark.parametrize(("photometric", "expected"), [(0, [255, 0]), (1, [0, 255])])
    def test_white_may_be_zero(self, photometric: int, expected: list[int]) -> None:
        entries = [(256, 4, 1, 2), (257, 4, 1, 1), (258, 3, 1, 16), (262, 3, 1, photometric)]
        data = tiff([*entries, (273, 4, 1, 86), (278, 4, 1, 1)], b"\0\0\xff\xff")
        assert decode_image(data).rgb[0, :, 0].tolist() == expected

    def test_twelve_bits_fill_the_range(self) -> None:
        entries = [(256, 4, 1, 2), (257, 4, 1, 1), (258, 3, 1, 12), (262, 3, 1, 1)]
        data = tiff([*entries, (273, 4, 1, 86), (278, 4, 1, 1)], b"\x00\x0f\xff")
        assert decode_image(data).rgb[0, :, 0].tolist() == [0, 255]

    @pytest.mark.parametrize(
        ("values", "expected"),
        [
            ([0, 127, 255], [0, 127, 255]),
            ([0, 32896, 65535], [0, 128, 255]),
            ([-100, 0, 100], [0, 128, 255]),
            ([0, 200_000, 1_000_000], [0, 51, 255]),
            ([7, 7, 7], [7, 7, 7]),
        ],
    )
    def test_whole_numbers_of_any_size_are_brought_into_range(
        self, values: list[int], expected: list[int]
    ) -> None:
        image = Image.fromarray(np.array([values], np.int32))
        assert decode_image(encoded(image, "TIFF")).rgb[0, :, 0].tolist() == expected

    @pytest.mark.parametrize(
        ("values", "expected"),
        [
            ([0.0, 0.5, 1.0], [0, 128, 255]),
            ([0.0, 100.0, 255.0], [0, 100, 255]),
            ([-1.0, 0.0, 1.0], [0, 128, 255]),
            ([np.nan, np.inf, 1.0], [0, 0, 255]),
            ([-2.0, -2.0, -2.0], [0, 0, 0]),
        ],
    )
    def test_fractions_are_brought_into_range(self, values: list[float], expected: list[int]) -> None:
        image = Image.fromarray(np.array([values], np.float32))
        picture = decode_image(encoded(image, "TIFF"))
        assert picture.rgb[0, :, 0].tolist() == expected
        assert picture.notes == ("32 bits reduced to 8",)

    def test_sixteen_bits_of_colour_become_eight(self) -> None:
        data = png((1, 1), b"\0\xff\xff\x80\x00\x00\x00", bits=16)
        picture = decode_image(data)
        assert picture.rgb.tolist() == [[[255, 128, 0]]]
        assert picture.notes == ("16 bits reduced to 8",)

    def test_one_bit_is_black_and_white(self) -> None:
        image = Image.fromarray(np.array([[0, 255]], np.uint8)).convert("1")
        for kind in ("PNG", "TIFF", "BMP"):
            assert decode_image(encoded(image, kind)).rgb[0, :, 0].tolist() == [0, 255]


def profile(space: bytes, tags: dict[bytes, bytes], *, connection: bytes = b"XYZ ") -> bytes:
    """A version 2 ICC profile with the given tags."""
    d50 = b"XYZ \0\0\0\0" + struct.pack(">3i", 63190, 65536, 54061)
    tags = {b"wtpt": d50, b"desc": b"desc" + bytes(87), **tags}
    table, body, start = b"", b"", 128 + 4 + 12 * len(tags)
    for name, content in tags.items():
        table += struct.pack(">4sII", name, start + len(body), len(content))
        body += content + bytes(-len(content) % 4)
    header = struct.pack(
        ">I4sI4s4s4s12x4s28x3i48x",
        start + len(body),
        b"none",
        0x02400000,
        b"prtr" if space == b"CMYK" else b"mntr",
        space,
        connection,
        b"acsp",
        63190,
        65536,
        54061,
    )
    return header + struct.pack(">I", len(tags)) + table + body


def curve(gamma: float) -> bytes:
    return b"curv\0\0\0\0" + struct.pack(">IHxx", 1, round(gamma * 256))


def rgb_profile(order: tuple[int, int, int] = (0, 1, 2), gamma: float = 2.2) -> bytes:
    """The primaries of sRGB, adapted to D50, in the given order."""
    primaries = [(0.4361, 0.2225, 0.0139), (0.3851, 0.7169, 0.0971), (0.1431, 0.0606, 0.7141)]
    tags = {name + b"TRC": curve(gamma) for name in (b"r", b"g", b"b")}
    for name, which in zip((b"r", b"g", b"b"), order, strict=True):
        numbers = [round(value * 65536) for value in primaries[which]]
        tags[name + b"XYZ"] = b"XYZ \0\0\0\0" + struct.pack(">3i", *numbers)
    return profile(b"RGB ", tags)


def black_ink_profile() -> bytes:
    """A printer in which only the black ink shows."""
    identity = bytes(range(256))
    nodes = b"".join(bytes([255 * (1 - node % 2), 128, 128]) for node in range(16))
    matrix = struct.pack(">9i", 65536, 0, 0, 0, 65536, 0, 0, 0, 65536)
    table = b"mft1\0\0\0\0" + bytes([4, 3, 2, 0]) + matrix + identity * 4 + nodes + identity * 3
    return profile(b"CMYK", {b"A2B0": table}, connection=b"Lab ")


class TestColour:
    def test_a_profile_says_what_the_numbers_mean(self) -> None:
        red = Image.new("RGB", (2, 2), (255, 0, 0))
        picture = decode_image(encoded(red, "PNG", icc_profile=rgb_profile(order=(1, 0, 2))))
        assert np.abs(picture.rgb.astype(int) - (0, 255, 0)).max() <= 2
        assert picture.notes == ("colours converted to sRGB",)

    @pytest.mark.parametrize("kind", ["JPEG", "PNG", "WebP", "TIFF"])
    def test_linear_light_is_brightened(self, kind: str) -> None:
        grey = Image.new("RGB", (8, 8), (128, 128, 128))
        picture = decode_image(encoded(grey, kind, icc_profile=rgb_profile(gamma=1)))
        assert np.abs(picture.rgb.astype(int) - 188).max() <= 2

    @pytest.mark.parametrize("mode", ["L", "LA", "1"])
    def test_grey_has_profiles_too(self, mode: str) -> None:
        grey = Image.new("L", (2, 2), 255 if mode == "1" else 128).convert(mode)
        linear = profile(b"GRAY", {b"kTRC": curve(1)})
        picture = decode_image(encoded(grey, "PNG", icc_profile=linear))
        assert np.abs(picture.rgb.astype(int) - (255 if mode == "1" else 188)).max() <= 2

    def test_a_grey_picture_may_carry_a_colour_profile(self) -> None:
        grey = Image.new("L", (2, 2), 128)
        picture = decode_image(encoded(grey, "PNG", icc_profile=rgb_profile(gamma=1)))
        assert np.abs(picture.rgb.astype(int) - 188).max() <= 2

    def test_a_profile_leaves_alpha_alone(self) -> None:
        glass = Image.new("RGBA", (2, 2), (128, 128, 128, 77))
        picture = decode_image(encoded(glass, "PNG", icc_profile=rgb_profile(gamma=1)))
        assert picture.alpha.tolist() == [[77, 77], [77, 77]]

    def test_a_picture_in_srgb_is_left_as_it_is(self) -> None:
        srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
        picture = decode_image(encoded(photo(), "PNG", icc_profile=srgb))
        assert np.array_equal(picture.rgb, np.array(photo()))
        assert picture.notes == ()

    @pytest.mark.parametrize("mode", ["RGB", "L", "CMYK"])
    def test_a_profile_for_other_colours_is_ignored_with_a_note(self, mode: str) -> None:
        lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()
        plain = decode_image(encoded(photo().convert(mode), "TIFF"))
        picture = decode_image(encoded(photo().convert(mode), "TIFF", icc_profile=lab))
        assert np.array_equal(picture.rgb, plain.rgb)
        assert "unusable colour profile ignored" in picture.notes[0]

    @pytest.mark.parametrize("kind", ["JPEG", "TIFF"])
    def test_print_colours_are_converted(self, kind: str) -> None:
        inks = Image.new("CMYK", (8, 8), (0, 255, 255, 0))
        picture = decode_image(encoded(inks, kind))
        assert np.abs(picture.rgb.astype(int) - (255, 0, 0)).max() <= 4
        assert picture.notes == ("print colours (CMYK) converted to RGB",)

    @pytest.mark.parametrize(("black", "expected"), [(0, 255), (255, 0)])
    def test_print_colours_follow_their_profile(self, black: int, expected: int) -> None:
        inks = Image.new("CMYK", (8, 8), (0, 255, 255, black))
        picture = decode_image(encoded(inks, "TIFF", icc_profile=black_ink_profile()))
        assert np.abs(picture.rgb.astype(int) - expected).max() <= 3
        assert picture.notes == ("colours converted to sRGB",)

    @pytest.mark.parametrize("mode", ["YCbCr", "LAB"])
    def test_other_colour_spaces_become_rgb(self, mode: str) -> None:
        picture = decode_image(encoded(photo().convert(mode), "TIFF"))
        error = np.abs(picture.rgb.astype(int) - np.array(photo()))
        assert error.mean() < 2


class TestFrames:
    @pytest.mark.parametrize("kind", ["GIF", "PNG", "WebP"])
    def test_the_first_frame_stands_for_the_film(self, kind: str) -> None:
        red, *others = (Image.new("RGB", (16, 16), colour) for colour in ("red", "lime", "blue"))
        data = encoded(red, kind, save_all=True, append_images=others, duration=50, lossless=True)
        picture = decode_image(data)
        assert picture.rgb[8, 8].tolist() == [255, 0, 0]
        assert picture.notes == ("first of 3 frames",)

    def test_the_first_page_stands_for_the_document(self) -> None:
        red, blue = Image.new("RGB", (4, 4), "red"), Image.new("RGB", (9, 9), "blue")
        picture = decode_image(encoded(red, "TIFF", save_all=True, append_images=[blue]))
        assert picture.rgb[0, 0].tolist() == [255, 0, 0]
        assert picture.notes == ("first page only",)


def test_threads_do_not_disturb_each_other() -> None:
    refused = [file.data for file in hostile_files() if "truncated" in file.name]
    files = [encoded(photo(), kind) for kind in FORMATS]
    alone = [decode_image(data).rgb for data in files]
    with ThreadPoolExecutor(8) as pool:
        verdicts = pool.map(judge, refused * 20)
        together = list(pool.map(decode_image, files * 20))
        assert all("incomplete" in verdict for verdict in verdicts)
    for picture, expected in zip(together, alone * 20, strict=True):
        assert np.array_equal(picture.rgb, expected)


def check(data: bytes) -> None:
    """Either a picture within the limits or a refusal."""
    try:
        picture = decode_image(data, SMALL)
    except UnreadableMedia:
        return
    assert isinstance(picture, Picture)
    assert picture.rgb.shape == (picture.height, picture.width, 3)
    assert picture.rgb.dtype == np.uint8
    assert 0 < picture.width * picture.height <= SMALL.max_pixels
    assert max(picture.width, picture.height) <= SMALL.max_side
    assert picture.alpha is None or (
        picture.alpha.shape == picture.rgb.shape[:2] and picture.alpha.dtype == np.uint8
    )


MAGICS = [b"", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF89a", b"II*\0\x08\0\0\0", b"MM\0*\0\0\0\x08"]
MAGICS += [b"RIFF\xff\0\0\0WEBPVP8 ", b"BM" + bytes(12) + b"\x28\0\0\0"]


@fuzz
@given(magic=st.sampled_from(MAGICS), rest=st.binary(max_size=400))
def test_any_bytes_are_a_picture_or_refused(magic: bytes, rest: bytes) -> None:
    check(magic + rest)


@functools.cache
def valid_files() -> list[bytes]:
    image = photo(12, 9)
    exif = Image.Exif()
    exif[274] = 6
    glass = image.convert("RGBA")
    glass.putalpha(90)
    return [
        *(encoded(image, kind) for kind in FORMATS),
        encoded(image, "JPEG", progressive=True, exif=exif, icc_profile=rgb_profile(gamma=1)),
        encoded(image.convert("CMYK"), "JPEG"),
        encoded(glass, "WebP", exif=exif, lossless=True),
        encoded(glass, "WebP", save_all=True, append_images=[image]),
        encoded(image.convert("P"), "GIF", transparency=0, save_all=True, append_images=[image]),
        encoded(image.convert("I;16"), "TIFF"),
        encoded(image, "TIFF", compression="tiff_lzw", exif=exif),
        encoded(image, "TIFF", compression="jpeg"),
        encoded(image.convert("P"), "BMP"),
        encoded(image.convert("RGB"), "DIB"),
        encoded(glass, "AVIF", exif=exif),
        encoded(image, "AVIF", save_all=True, append_images=[image]),
        encoded(image, "TIFF", big_tiff=True),
        *(heic(name) for name in ("photo", "turned", "glass")),
    ]


def mutated(data: bytes, edits: list[tuple[float, int, str]]) -> bytes:
    """Replace, insert or delete bytes at positions from 0 to 1."""
    file = bytearray(data)
    for where, value, how in edits:
        at = int(where * max(0, len(file) - 1))
        file[at : at + (how != "insert")] = b"" if how == "delete" else bytes([value])
    return bytes(file)


edits = st.lists(
    st.tuples(st.floats(0, 1), st.integers(0, 255), st.sampled_from(["replace", "insert", "delete"])),
    max_size=6,
)


@fuzz
@given(which=st.integers(0, 1000), edits=edits)
def test_any_damaged_file_is_a_picture_or_refused(which: int, edits: list) -> None:
    check(mutated(valid_files()[which % len(valid_files())], edits))


CHUNKS = [b"tRNS", b"eXIf", b"iCCP", b"tEXt", b"acTL", b"fcTL", b"PLTE", b"pHYs", b"IHDR"]


@fuzz
@given(
    kind=st.sampled_from([(1, 0), (4, 0), (16, 0), (8, 2), (16, 2), (8, 3), (8, 4), (16, 6)]),
    extra=st.lists(
        st.tuples(
            st.sampled_from(CHUNKS),
            st.binary(max_size=40),
        ),
        max_size=4,
    ),
    names=st.sampled_from([b"", b"transparency\0", b"icc_profile\0", b"exif\0", b"interlace\0", b"bbox\0"]),
)
def test_a_png_with_any_chunks_is_a_picture_or_refused(
    kind: tuple[int, int], extra: list[tuple[bytes, bytes]], names: bytes
) -> None:
    bits, colour = kind
    chunks = [png_chunk(name, names + content if name == b"tEXt" else content) for name, content in extra]
    check(png((5, 4), bytes(400), bits=bits, colour=colour, chunks=chunks))


shapes = st.tuples(st.integers(1, 12), st.integers(1, 12))
with_alpha = shapes.flatmap(
    lambda shape: st.tuples(arrays(np.uint8, (*shape, 3)), st.none() | arrays(np.uint8, shape))
)


@settings(fuzz, max_examples=80)
@given(with_alpha)
def test_what_is_encoded_without_loss_is_decoded_the_same(
    pixels: tuple[np.ndarray, np.ndarray | None],
) -> None:
    rgb, alpha = pixels
    for data in (encode_png(rgb), encode_webp(rgb, lossless=True)):
        picture = decode_image(data)
        assert np.array_equal(picture.rgb, rgb)
        assert picture.alpha is None
        assert picture.notes == ()
    if alpha is not None:  # any colours, hidden ones too, come out as they look, and go in as they came out
        seen = decode_image(encoded(Image.fromarray(np.dstack([rgb, alpha])), "PNG"))
        opaque = np.full(alpha.shape, 255, np.uint8) if seen.alpha is None else seen.alpha
        again = decode_image(encoded(Image.fromarray(see_through(seen.rgb, opaque)), "PNG"))
        assert np.array_equal(again.rgb, seen.rgb)
        assert same(again.alpha, seen.alpha)


class TestEncoding:
    def test_a_png_holds_pixels_and_nothing_else(self) -> None:
        data, names, position = encode_png(np.array(photo())), [], 8
        while position < len(data):
            names.append(data[position + 4 : position + 8])
            position += 12 + int.from_bytes(data[position : position + 4])
        assert set(names) == {b"IHDR", b"IDAT", b"IEND"}

    def test_a_webp_is_smaller_than_a_png(self) -> None:
        rgb = np.array(photo(256, 256))
        assert len(encode_webp(rgb)) < len(encode_png(rgb)) / 2
        assert len(encode_webp(rgb, quality=30)) < len(encode_webp(rgb, quality=95))

    @pytest.mark.parametrize(
        "rgb",
        [
            np.zeros((4, 4), np.uint8),
            np.zeros((4, 4, 3), np.float32),
            np.zeros((0, 4, 3), np.uint8),
        ],
    )
    def test_arrays_that_are_no_picture_are_refused(self, rgb: np.ndarray) -> None:
        with pytest.raises(ValueError, match="must be"):
            encode_png(rgb)


def test_grey_of_twelve_bits_in_sixteen_is_stretched_where_a_demo_asks_for_it():
    grey = np.tile(np.arange(0, 4096, 16, dtype=np.uint16), (64, 1))
    file = io.BytesIO()
    Image.fromarray(grey).save(file, "TIFF")
    plain = decode_image(file.getvalue())
    stretched = decode_image(file.getvalue(), ImageLimits(stretch=True))
    assert plain.rgb.max() < 20
    assert (stretched.rgb.min(), stretched.rgb.max()) == (0, 255)
    assert "16 bits stretched to 8" in stretched.notes
    assert "16 bits reduced to 8" in plain.notes


class TestFoundByFuzzing:
    @pytest.mark.parametrize("size", [(1, 65_500), (65_500, 1)])
    def test_a_jpeg_too_narrow_to_be_made_smaller_is_refused(self, size: tuple[int, int]) -> None:
        with pytest.raises(MediaTooLarge, match="pixels a side"):
            decode_image(encoded(Image.new("RGB", size), "JPEG"))

    def test_how_a_huge_png_was_held_is_not_looked_for_behind_its_pixels(self) -> None:
        """A hundred bytes took 11 GB: Pillow decodes all pixels on its way to what may stand behind them."""
        data = png((64, 1 << 27), b"", chunks=())
        before = time.process_time()
        assert orientation_of(data) == 1
        assert time.process_time() - before < 1
