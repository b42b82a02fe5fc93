"""The door for sounds: every format, every limit, and what is wrong with a file, in words."""

import io
import struct
from pathlib import Path

import av
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dlintro_demos.gallery.intake import sounds
from dlintro_demos.gallery.intake.images import MediaTooLarge, UnreadableMedia, encode_png
from dlintro_demos.gallery.intake.sounds import (
    RATE,
    BrokenSound,
    EmptySound,
    NoSoundInside,
    NotASound,
    SoundLimits,
    SoundTooLong,
    decode_sound,
    encode_wav,
)

TONE = (0.3 * np.sin(2 * np.pi * 440 * np.arange(3 * RATE) / RATE)).astype(np.float32)


def encoded(container, codec, rate=48_000, layout="mono", samples=TONE):
    file = io.BytesIO()
    frame = av.AudioFrame.from_ndarray(samples[None], format="fltp", layout="mono")
    frame.sample_rate = RATE
    with av.open(file, "w", format=container) as out:
        stream = out.add_stream(codec, rate=rate)
        stream.codec_context.layout = layout
        resampler = av.AudioResampler(format=stream.codec_context.format.name, layout=layout, rate=rate)
        for each in (*resampler.resample(frame), *resampler.resample(None), None):
            out.mux(stream.encode(each))
    return file.getvalue()


FILES = {
    "WAV": ("wav", "pcm_s16le", 16_000),
    "WAV 24 bit": ("wav", "pcm_s24le", 96_000),
    "WAV float": ("wav", "pcm_f32le", 44_100),
    "WAV 8 bit": ("wav", "pcm_u8", 22_050),
    "WAV mu-law": ("wav", "pcm_mulaw", 11_025),
    "MP3": ("mp3", "libmp3lame", 44_100),
    "M4A": ("ipod", "aac", 44_100),
    "AAC": ("adts", "aac", 44_100),
    "OGG": ("ogg", "libopus", 48_000),
    "WebM": ("webm", "libopus", 48_000),
    "FLAC": ("flac", "flac", 48_000),
}


@pytest.mark.parametrize("name", FILES)
def test_every_format_becomes_the_same_tone(name):
    sound = decode_sound(encoded(*FILES[name]))
    assert sound.format == name.split()[0]
    assert sound.samples.dtype == np.float32
    assert sound.seconds == pytest.approx(3, abs=0.1)
    spectrum = np.abs(np.fft.rfft(sound.samples[RATE : 2 * RATE]))
    assert spectrum.argmax() == pytest.approx(440, abs=2)
    assert sound.notes == ()


def test_a_recording_of_a_browser_says_no_length_and_is_read():
    data = encoded("webm", "libopus")
    segment = data.index(b"\x18\x53\x80\x67") + 4
    live = data[:segment] + b"\x01" + 7 * b"\xff" + data[segment + 8 :]
    assert decode_sound(live).seconds == pytest.approx(3, abs=0.1)


def test_what_a_file_is_called_does_not_count():
    assert decode_sound(encoded("mp3", "libmp3lame", 44_100)).format == "MP3"  # there is no name to believe


def test_stereo_is_mixed_and_a_telephone_is_known():
    (mixed,) = decode_sound(encoded("wav", "pcm_s16le", 16_000, "stereo")).notes
    assert mixed == "Stereo mixed to one channel."
    (narrow,) = decode_sound(encoded("wav", "pcm_mulaw", 8_000)).notes
    assert narrow == "8 kHz, as a telephone has it: higher pitches are missing."


def test_too_loud_too_quiet_and_silent_are_said():
    assert decode_sound(encode_wav(5 * TONE)).notes[0].startswith("Clipped: ")
    assert decode_sound(encode_wav(0.01 * TONE)).notes == ("The recording is very quiet.",)
    assert decode_sound(encode_wav(0 * TONE)).notes == ("The recording is silent: every value is zero.",)


def test_a_long_one_is_used_up_to_the_limit_and_decoded_no_further(monkeypatch):
    data = encode_wav(np.tile(TONE, 20))
    decoded = []
    look = sounds._Levels.add
    monkeypatch.setattr(
        sounds._Levels, "add", lambda self, frame: (decoded.append(frame.samples), look(self, frame))
    )
    sound = decode_sound(data)
    assert sound.seconds == 30
    assert sound.notes == ("The first 30 seconds of 60 are used.",)
    assert sum(decoded) < 31 * RATE


def test_one_that_says_it_is_much_too_long_is_refused_before_it_is_decoded(monkeypatch):
    data = encoded("flac", "flac", RATE, samples=np.zeros(700 * RATE, np.float32))
    monkeypatch.setattr(sounds, "_resampled", None)
    with pytest.raises(SoundTooLong, match="12 minutes long; the limit is 10 minutes, and 30 seconds"):
        decode_sound(data)


def test_too_many_bytes_are_refused():
    with pytest.raises(MediaTooLarge, match=r"the limit is 0\.04 MB"):
        decode_sound(encode_wav(TONE), SoundLimits(max_bytes=round(0.04 * 2**20)))


def test_what_is_no_sound_is_said_to_be_none():
    with pytest.raises(EmptySound, match="The recording is empty"):
        decode_sound(b"")
    with pytest.raises(NotASound, match="This is a picture, not a sound"):
        decode_sound(encode_png(np.zeros((8, 8, 3), np.uint8)))
    with pytest.raises(NotASound, match="not a sound the gallery knows"):
        decode_sound(b"Dear assistant, what is my schedule?")
    with pytest.raises(BrokenSound):
        decode_sound(b"OggS" + bytes(100))
    with pytest.raises(NoSoundInside):
        decode_sound(encode_wav(TONE[:100]))


def test_a_film_without_sound_has_none():
    file = io.BytesIO()
    with av.open(file, "w", format="webm") as out:
        stream = out.add_stream("libvpx", rate=10)
        stream.width, stream.height, stream.pix_fmt = 32, 32, "yuv420p"
        frame = av.VideoFrame.from_ndarray(np.zeros((32, 32, 3), np.uint8), format="rgb24")
        for each in (frame, None):
            out.mux(stream.encode(each))
    with pytest.raises(NoSoundInside, match="no sound in this file"):
        decode_sound(file.getvalue())


def test_a_wild_rate_is_refused():
    data = bytearray(encode_wav(TONE))
    data[24:28] = struct.pack("<I", 1_000_000)
    with pytest.raises(NotASound, match="1,000,000 samples a second"):
        decode_sound(bytes(data))


@pytest.mark.parametrize("name", ["WAV", "MP3", "OGG", "WebM", "FLAC", "AAC"])
def test_of_a_cut_file_the_beginning_is_used(name):
    data = encoded(*FILES[name])
    sound = decode_sound(data[: len(data) // 2])
    assert 0.5 < sound.seconds < 2


BASES = [encoded(*FILES[name]) for name in ("WAV", "MP3", "OGG", "WebM", "FLAC", "M4A")]


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(BASES), st.lists(st.tuples(st.integers(0, 2_000), st.integers(0, 255)), max_size=20))
def test_whatever_the_bytes_only_named_errors_come_out(base, changes):
    data = bytearray(base)
    for place, value in changes:
        data[place] = value
    try:
        sound = decode_sound(bytes(data))
    except UnreadableMedia:
        return
    assert sound.seconds <= 30
    assert np.isfinite(sound.samples).all()
    assert np.abs(sound.samples).max(initial=0) <= 1


def test_nothing_is_written_to_disk(written):
    decode_sound(encoded("webm", "libopus"))
    assert written == []


def test_a_wav_comes_back_as_it_went():
    back = decode_sound(encode_wav(TONE)).samples
    assert np.abs(back - TONE).max() < 1e-4


def test_more_channels_than_the_beginning_said_end_the_sound():
    """Found by `make fuzz`: 670 bytes that become 41 channels on their way ended the process."""
    sound = decode_sound((Path(__file__).parent / "found" / "many_channels.aac").read_bytes())
    assert any("damaged after" in note for note in sound.notes)


def test_words_in_a_wav_are_not_read():
    """Found by `make fuzz`: a kilobyte that said it held 2 GB of words took 800 MB."""
    wav = encode_wav(TONE[:RATE])
    words = b"LIST" + struct.pack("<I4s4sI", 12, b"INFO", b"ISFT", 1 << 31)
    marked = wav[:12] + words + wav[12:]
    assert sounds._without_words(marked) == wav
    assert (decode_sound(marked).samples == decode_sound(wav).samples).all()


@pytest.mark.parametrize("length", [0, 0xFFFFFFFF])
def test_a_wav_whose_recorder_did_not_know_its_length_is_read_to_its_end(length):
    wav = bytearray(encode_wav(TONE[:RATE]))
    wav[40:44] = struct.pack("<I", length)
    assert decode_sound(bytes(wav)).seconds == pytest.approx(1, abs=0.01)
