"""Lip reading without a page: grammar, landmarks, mouth crops and the reader, on a face drawn here."""

import numpy as np
import pytest
import torch

from dlintro_demos.gallery.runtime.model_cache import ModelCache
from dlintro_demos.gallery.runtime.model_cards import read_cards
from dlintro_demos.gallery.settings import REPOSITORY
from dlintro_demos.lip_reading.clip import Clip, ClipError
from dlintro_demos.lip_reading.grammar import (
    SPOKEN,
    WORDS,
    class_of,
    parse,
    sentence_of_name,
    spell,
)
from dlintro_demos.lip_reading.landmarks import MOUTH, POINTS, TrackError, mirror, normalise, upright
from dlintro_demos.lip_reading.mouths import cut_mouths, look
from dlintro_demos.lip_reading.network import (
    LipReader,
    ReaderFormatError,
    load_committee,
    load_reader,
    prepare_pixels,
    save_reader,
)
from dlintro_demos.lip_reading.reading import MODEL, interpret, read, views

FRAMES = 75
PLACE = np.array([180, 140, 0])  # px: where the eyes' middle is


def face(frames=FRAMES):
    """A track in pixels: eyes 70 px apart, a mouth below that opens and shuts; float32 (T, 59, 3)."""
    rng = np.random.default_rng(1)
    still = rng.uniform([-30, 20, -10], [30, 60, 10], (len(POINTS), 3))
    for left, right in ((33, 263), (61, 291), (78, 308)):
        half = {33: 35, 61: 20, 78: 15}[left]
        still[POINTS.index(left)] = [-half, 0 if left == 33 else 45, 0]
        still[POINTS.index(right)] = [half, 0 if left == 33 else 45, 0]
    still[POINTS.index(0)], still[POINTS.index(17)] = [0, 38, 3], [0, 52, 3]
    track = np.repeat(still[None], frames, axis=0)
    opening = 4 * np.sin(np.arange(frames) / 3)
    track[:, POINTS.index(17), 1] += opening
    track[:, POINTS.index(14), 1] += opening
    return (track + PLACE).astype(np.float32)


def turned(track, angle, scale, shift):
    """The same face, the head tilted, nearer, elsewhere."""
    cosine, sine = scale * np.cos(angle), scale * np.sin(angle)
    x, y, z = np.moveaxis(track, 2, 0)
    return np.stack([cosine * x - sine * y + shift, sine * x + cosine * y, scale * z], axis=2)


def mouths(frames=FRAMES):
    """Coarse squares of any colour, other ones in each frame."""
    squares = np.random.default_rng(2).integers(0, 255, (frames, 8, 16, 3), np.uint8)
    return squares.repeat(8, axis=1).repeat(8, axis=2)


@pytest.fixture(scope="module")
def cache():
    return ModelCache(read_cards(REPOSITORY / "models"))


def test_a_name_of_the_corpus_is_its_sentence():
    assert spell(sentence_of_name("bbaf2n")) == "bin blue at f two now"
    assert spell(sentence_of_name("swwzza")) == "set white with z zero again"
    assert parse("Bin blue at F two now") == sentence_of_name("bbaf2n")


@pytest.mark.parametrize("name", ["", "bbaf2", "bbaw2n", "bbaf2nn", "xbaf2n", "bba\u0660aa"])
def test_another_name_is_none(name):
    with pytest.raises(ValueError, match="GRID"):
        sentence_of_name(name)


@pytest.mark.parametrize(
    "sentence", ["bin blue", "hello", "bin blue at w two now", "bin blue at f two now now"]
)
def test_what_is_no_sentence_is_refused_with_what_would_be_one(sentence):
    with pytest.raises(ValueError, match=r"six|6 words|one of"):
        parse(sentence)


def test_every_word_has_its_class():
    classes = [class_of(slot, word) for slot, words in enumerate(WORDS) for word in range(len(words))]
    assert classes == list(range(1, 52))
    assert [SPOKEN[each] for each in classes] == [word for words in WORDS for word in words]


def test_where_the_head_is_says_nothing():
    moved = normalise(face())
    assert normalise(turned(face(), 0.4, 1.7, 50)) == pytest.approx(moved, abs=0.02)
    assert upright(face())[:, POINTS.index(291)] == pytest.approx(
        np.tile([20 / 70, 45 / 70, 0], (75, 1)), abs=1e-4
    )
    assert np.abs(moved[:, POINTS.index(17), 1]).max() > 1
    assert np.abs(moved[:, POINTS.index(1)]).max() < 1e-3


def test_a_mirrored_face_moves_as_in_a_mirror():
    track = face()
    seen = mirror(track - PLACE)
    assert normalise(seen + PLACE) == pytest.approx(mirror(normalise(track)), abs=1e-3)
    assert mirror(mirror(track)) == pytest.approx(track)


@pytest.mark.parametrize(
    "track",
    [np.zeros((75, 59, 3)), np.full((75, 59, 3), np.nan), np.zeros((75, 68, 3)), np.zeros((0, 59, 3))],
    ids=["no eyes", "not a number", "other landmarks", "no frames"],
)
def test_what_is_no_track_is_refused(track):
    with pytest.raises(TrackError):
        normalise(track)


def test_a_mouth_is_cut_upright_and_in_the_middle():
    """A cross is painted where the lips' middle is, and a dot where a corner is, on a tilted, moving head."""
    track = turned(face(), 0.3, 1.2, 40)
    frames = np.zeros((FRAMES, 400, 500, 3), np.uint8)
    for frame, points in zip(frames, track, strict=True):
        x, y = points[MOUTH, :2].mean(axis=0).round().astype(int)
        frame[y - 3 : y + 4, x - 3 : x + 4] = 255
        x, y = points[POINTS.index(291), :2].round().astype(int)
        frame[y - 3 : y + 4, x - 3 : x + 4, 0] = 200
    cut = cut_mouths(frames, track)
    assert cut.shape == (FRAMES, 64, 128, 3)
    middle = np.argwhere(cut[37, :, :, 2] > 128).mean(axis=0)
    corner = np.argwhere((cut[37, :, :, 0] > 100) & (cut[37, :, :, 2] < 50)).mean(axis=0)
    assert middle == pytest.approx([32, 64], abs=1.5)
    assert corner == pytest.approx([32, 64 + 20 * 107.5 / 70], abs=1.5)


def test_light_and_skin_say_nothing():
    seen, darker = look(mouths()), look(mouths() // 2)
    bright, dark = (prepare_pixels(torch.from_numpy(each[None])) for each in (seen, darker))
    assert bright.shape == (1, FRAMES, 2, 24, 48)
    assert dark[:, :, 0] == pytest.approx(bright[:, :, 0], abs=0.1)


def test_clips_of_any_length_are_read_at_once():
    network = LipReader().eval()
    for frames in (25, 75, 250):
        logits = network(*views(normalise(face(frames)), look(mouths(frames))))
        assert logits.words.shape == (4, frames, 52)
        assert [tuple(each.shape) for each in logits.slots] == [(4, len(words)) for words in WORDS]
        assert logits.attention.sum(dim=1).detach().numpy() == pytest.approx(np.ones((4, 6)), abs=1e-4)


def test_a_clip_is_read_with_its_landmarks_and_without():
    network = LipReader(32, 32, 16, (4, 8, 8)).eval()
    with torch.inference_mode():
        both = network(*views(normalise(face()), look(mouths()))).words
        alone = network(*views(None, look(mouths()))).words
    assert both[2:].numpy() == pytest.approx(alone.numpy(), abs=1e-4)
    assert not torch.allclose(both[:2], alone, atol=1e-3)


def test_an_untrained_network_is_not_sure():
    torch.manual_seed(0)
    with torch.inference_mode():
        reading = interpret(LipReader().eval()(*views(normalise(face()), look(mouths()))))
    assert parse(reading.sentence)
    assert reading.confidence < 0.5
    assert not reading.known({"confidence": 0.5, "in_grammar": -1e9})


def test_weights_come_back_as_they_were_saved(tmp_path):
    torch.manual_seed(0)
    network = LipReader(32, 32, 16).eval()
    save_reader(network, tmp_path / "weights.safetensors")
    again = load_reader([tmp_path / "weights.safetensors"])
    clip = views(normalise(face()), look(mouths()))
    assert torch.allclose(again(*clip).words, network(*clip).words, atol=1e-4)


def test_a_committee_says_what_its_members_say_on_the_whole(tmp_path):
    torch.manual_seed(0)
    files = [tmp_path / "wide.safetensors", tmp_path / "narrow.safetensors"]
    for file, width in zip(files, (32, 16), strict=True):
        save_reader(LipReader(width, 32, width, (4, 8, 8)), file)
    clip = views(normalise(face()), look(mouths()))
    with torch.inference_mode():
        wide, narrow, both = (
            interpret(load_committee(chosen)(*clip), {"slots": 1.0})
            for chosen in (files[:1], files[1:], files)
        )
        alone = interpret(load_reader(files[:1])(*clip), {"slots": 1.0})
    for slot in range(len(WORDS)):
        one, other, together, lonely = (shares(each, slot) for each in (wide, narrow, both, alone))
        assert one == pytest.approx(lonely, abs=1e-4)
        mean = {word: (one[word] * other[word]) ** 0.5 for word in one}
        total = sum(mean.values())
        assert together == pytest.approx({word: share / total for word, share in mean.items()}, abs=1e-4)


def shares(reading, slot):
    """The probability of each word of a slot."""
    word = reading.words[slot]
    return {word.word: word.probability, **dict(word.others)}


def test_a_file_of_something_else_is_named(tmp_path):
    (tmp_path / "weights.safetensors").write_bytes(b"no weights")
    with pytest.raises(ReaderFormatError, match=r"weights\.safetensors"):
        load_reader([tmp_path / "weights.safetensors"])


def test_the_gallerys_reader_reads_a_drawn_face_and_does_not_claim_to_know(cache):
    reading = read(Clip(face(), mouths()), cache)
    assert spell(parse(reading.sentence)) == reading.sentence
    for slot, word in enumerate(reading.words):
        chances = dict([(word.word, word.probability), *word.others])
        assert set(chances) == set(WORDS[slot])
        assert sum(chances.values()) == pytest.approx(1, abs=1e-4)
        assert word.probability == max(chances.values())
    assert reading.sentences[0][0] == reading.sentence
    assert reading.timeline.shape == (FRAMES, 6)
    assert not reading.known(cache.card(MODEL).thresholds)


@pytest.mark.parametrize(("points", "pictures"), [(24, 24), (251, 251), (75, 74)])
def test_a_clip_of_another_length_is_refused_in_words(points, pictures):
    with pytest.raises(ClipError, match=r"one second to ten|as many landmarks"):
        Clip(face(points), mouths(pictures))
