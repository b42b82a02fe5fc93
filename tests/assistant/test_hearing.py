"""Ears: where somebody speaks, what was said, and what is not taken for said."""

import importlib.util
from pathlib import Path

import numpy as np
import pytest
import torch

from dlintro_demos.assistant import hearing
from dlintro_demos.assistant.hearing import MODEL, Transcript, Word, refusal, repetition, transcribe
from dlintro_demos.assistant.noises import KINDS, mixed, noise
from dlintro_demos.assistant.recordings import recording, texts
from dlintro_demos.assistant.voice_activity import MODEL as DETECTOR
from dlintro_demos.assistant.voice_activity import VadFormatError, find_speech, load_detector, spans_of
from dlintro_demos.assistant.word_errors import words_right
from dlintro_demos.gallery.intake.sounds import RATE
from dlintro_demos.gallery.process import engine


@pytest.fixture
def cache():
    return engine().cache


def heard(samples, cache):
    return transcribe(samples, find_speech(samples, cache), cache)


def test_all_frames_at_once_are_as_one_after_another(cache):
    module = cache.get(DETECTOR).module
    samples = torch.from_numpy(recording("train").samples)
    samples = samples[: len(samples) // 512 * 512]
    cell = torch.nn.LSTMCell(128, 128)
    cell.load_state_dict({name[:-3]: value for name, value in module.lstm.state_dict().items()})
    wanted, state, context = [], None, torch.zeros(64)
    with torch.inference_mode():
        for frame in samples.split(512):
            x = torch.nn.functional.pad(torch.cat([context, frame])[None, None], (0, 64), mode="reflect")
            real, imaginary = module.stft_conv(x).split(129, dim=1)
            x = torch.hypot(real, imaginary)
            for layer in (module.conv1, module.conv2, module.conv3, module.conv4):
                x = layer(x).relu()
            state = cell(x[:, :, 0], state)
            wanted.append(float(module.final_conv(state[0].relu()[..., None]).sigmoid()))
            context = frame[-64:]
    assert find_speech(samples.numpy(), cache).probabilities == pytest.approx(wanted, abs=1e-5)


def test_the_detector_agrees_with_its_authors_other_weights(cache):
    folder = importlib.util.find_spec("silero_vad").submodule_search_locations[0]
    theirs = torch.jit.load(str(Path(folder) / "data" / "silero_vad.jit"))
    samples = torch.from_numpy(recording("reminder").samples)
    samples = samples[: len(samples) // 512 * 512]
    with torch.inference_mode():
        wanted = [float(theirs(frame, RATE)) for frame in samples.split(512)]
    ours = find_speech(samples.numpy(), cache).probabilities
    assert ((ours > 0.5) == (np.array(wanted) > 0.5)).mean() > 0.95


def test_speech_is_found_where_it_is(cache):
    quiet = np.zeros(2 * RATE, np.float32)
    speech = recording("schedule").samples
    activity = find_speech(np.concatenate([quiet, speech, quiet]), cache)
    (span,) = activity.spans
    assert 1.8 < span.begin < 2.6
    assert 2 + len(speech) / RATE - 0.9 < span.end <= 2.1 + len(speech) / RATE
    assert activity.confidence > 0.9


@pytest.mark.parametrize("kind", KINDS)
def test_noise_and_music_are_no_speech_and_whisper_is_not_asked(kind, cache, monkeypatch):
    monkeypatch.setattr(hearing, "_listen", None)
    found = heard(noise(kind, 5, 7), cache)
    assert (found.refusal, found.raw, found.words) == ("no speech", "", ())


@pytest.mark.parametrize("seconds", [0, 0.01, 30])
def test_silence_is_no_speech_and_whisper_is_not_asked(seconds, cache, monkeypatch):
    monkeypatch.setattr(hearing, "_listen", None)
    assert heard(np.zeros(round(seconds * RATE), np.float32), cache).refusal == "no speech"


def test_spans_bridge_pauses_and_leave_clicks_out():
    frames = np.zeros(200)
    frames[20:60] = frames[66:90] = 0.9  # a pause of 0.2 s
    frames[150:153] = 0.9  # a click of 0.1 s
    (span,) = spans_of(frames, 6.4)
    assert span.begin == pytest.approx(0.49)
    assert span.end == pytest.approx(3.03)
    assert spans_of(np.ones(10), 0.3)[0].end == 0.3


def test_a_wrong_file_is_no_detector(tmp_path):
    path = tmp_path / "x.safetensors"
    path.write_bytes(b"not weights")
    with pytest.raises(VadFormatError, match=r"x\.safetensors is not Silero's detector"):
        load_detector([path])


@pytest.mark.parametrize("name", ["schedule", "train", "shopping"])
def test_a_clear_sentence_is_heard_with_probabilities_and_times(name, cache):
    sound = recording(name)
    found = heard(sound.samples, cache)
    right, of = words_right(texts()[name], found.text)
    assert right == of
    assert found.refusal == ""
    assert 0.5 < found.confidence <= 1
    times = [moment for word in found.words for moment in (word.begin, word.end)]
    assert times == sorted(times)
    assert 0 <= times[0] < times[-1] <= sound.seconds
    assert all(0 < word.probability <= 1 for word in found.words)
    assert " ".join(word.text for word in found.words) == found.text


def test_times_are_those_of_the_recording(cache):
    late = np.concatenate([np.zeros(3 * RATE, np.float32), recording("flights").samples])
    assert 2.9 < heard(late, cache).words[0].begin < 3.9


def test_a_telephone_and_clipping_are_understood(cache):
    speech = recording("train").samples
    spectrum = np.fft.rfft(speech)
    spectrum[np.fft.rfftfreq(len(speech), 1 / RATE) > 3_400] = 0
    narrow = np.fft.irfft(spectrum, len(speech)).astype(np.float32)
    for samples in (narrow, np.clip(8 * speech, -1, 1), mixed(speech, "pink", 15, 1), 0.05 * speech):
        right, of = words_right(texts()["train"], heard(samples, cache).text)
        assert right >= of - 1


def test_speech_that_is_no_english_is_mostly_not_taken_for_said(cache):
    backwards = [recording(name).samples[::-1].copy() for name in texts()]
    assert all(find_speech(each, cache).spans for each in backwards)
    refused = [heard(each, cache).refusal for each in backwards]
    assert refused.count("unclear") > len(refused) / 2  # the rest must fail on what it means: test_turn.py


def test_a_long_babble_is_written_down_only_so_far(cache):
    babble = np.tile(recording("order").samples, 20)[: 30 * RATE]
    found = heard(babble, cache)
    assert found.refusal == "unclear"  # it repeats itself
    assert found.words[-1].end <= 30.1


@pytest.mark.parametrize("cards", [0, 1])
def test_without_a_graphics_card_that_works_it_stays_on_the_processor(cards, cache, monkeypatch):
    module = cache.get(MODEL).module
    before = module.recogniser
    monkeypatch.setattr(hearing.ctranslate2, "get_cuda_device_count", lambda: cards)

    def no_library(device, index=0):
        raise RuntimeError("Library libcublas.so is not found")

    monkeypatch.setattr(module, "_on", no_library)
    assert module.to(torch.device("cuda", 0)) is module
    assert module.to(torch.device("cpu")).recogniser is before


def test_every_gate_closes():
    thresholds = engine().cache.card(MODEL).thresholds
    word = Word(text="yes", begin=0, end=1, probability=0.9)
    clear = {"raw": "yes", "words": (word,), "log_probability": -0.2}
    assert refusal(Transcript(**clear), thresholds) == ""
    unsure = Word(text="yes", begin=0, end=1, probability=0.1)
    for change in (
        {"raw": ""},
        {"words": (unsure,)},
        {"log_probability": -3.0},
        {"no_speech": 0.99},
        {"repetition": 0.5},
        {"raw": "12, 12, 12"},
    ):
        assert refusal(Transcript(**clear | change), thresholds) == "unclear"
    for answer in ("At 10.30.", "20."):
        assert refusal(Transcript(**clear | {"raw": answer}), thresholds) == ""


def test_going_round_in_circles_is_noticed():
    assert repetition("thank you very much and thank you very much") > 0.2
    assert repetition("what is my schedule for tomorrow") == 0
    assert repetition("") == repetition("yes") == 0


def test_swear_words_are_kept_inside_and_masked_outside(cache, monkeypatch):
    sound = recording("schedule")
    activity = find_speech(sound.samples, cache)

    class Part:
        text, tokens, avg_logprob, no_speech_prob = " What the fuck is on Friday?", [1, 2], -0.2, 0.0
        words = (type("W", (), {"word": " fuck", "start": 0.1, "end": 0.2, "probability": 0.9}),)

    class Recogniser:
        def transcribe(self, *_, **__):
            return iter([Part]), None

    module = cache.get(MODEL).module
    monkeypatch.setattr(module, "recogniser", Recogniser())
    found = transcribe(sound.samples, activity, cache)
    assert found.raw == "What the fuck is on Friday?"
    assert found.text == "What the f*** is on Friday?"
    assert found.words[0].text == "f***"
    assert cache.card(DETECTOR).licence == "MIT"
