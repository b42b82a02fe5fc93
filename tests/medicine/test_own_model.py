"""An operator's own model: a tiny network on scikit-learn's digits, made here."""

import csv

import numpy as np
import pytest
import timm
import torch
from PIL import Image
from safetensors.torch import save_file
from sklearn.datasets import load_digits

from dlintro_demos.gallery.intake.tables import TableLimits
from dlintro_demos.gallery.process import engine
from dlintro_demos.medicine.own_model.judging import fit_temperature, judge, least_confidence, weigh_up
from dlintro_demos.medicine.own_model.mounted import BadModelFolder, OwnCard, read_card

ARCHITECTURE = "test_efficientnet.r160_in1k"
SIDE = 32
CARD = f"""title = "A three"
architecture = "{ARCHITECTURE}"
classes = ["other", "three"]
positive = "three"
source = "scikit-learn's digits"
licence = "CC BY 4.0"
channels = 1
side = {SIDE}
"""


def judged(folder):
    *_, found = judge(folder, TableLimits(), engine().cache)
    return found


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A mounted folder: a network that tells threes from other digits, and 200 labelled pictures."""
    path = tmp_path_factory.mktemp("own")
    digits = load_digits()
    pictures = np.kron(digits.images / 16 * 255, np.ones((4, 4))).astype(np.uint8)
    labels = digits.target == 3
    chance = np.random.default_rng(1)
    threes, others = np.flatnonzero(labels), chance.permutation(np.flatnonzero(~labels))
    aside = np.concatenate([threes[:60], others[:140]])
    learn = chance.permutation(np.concatenate([threes[60:], others[140:440]]))
    torch.manual_seed(1)
    network = timm.create_model(ARCHITECTURE, pretrained=False, num_classes=2, in_chans=1)
    optimiser = torch.optim.AdamW(network.parameters(), lr=3e-3)
    given = torch.from_numpy((pictures[learn].astype(np.float32) / 255 - 0.5) / 0.5)[:, None]
    truth = torch.from_numpy(labels[learn].astype(np.int64))
    for _ in range(5):
        for start in range(0, len(learn), 32):
            loss = torch.nn.functional.cross_entropy(
                network(given[start : start + 32]), truth[start : start + 32]
            )
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
    save_file(network.state_dict(), path / "weights.safetensors")
    with (path / "validation.csv").open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(("picture", "label"))
        for number in aside:
            Image.fromarray(pictures[number]).save(path / f"{number}.png")
            rows.writerow((f"{number}.png", "three" if labels[number] else "other"))
    (path / "model.toml").write_text(CARD)
    return path


def test_a_tiny_network_on_digits_is_judged_on_the_rows_that_nothing_was_chosen_on(folder):
    found = judged(folder)
    assert len(found.positive) == 100
    assert found.is_positive.sum() == 30
    assert found.right.mean() > 0.85
    assert found.right_of_answered >= found.right.mean()
    assert 0 < found.answered <= 1
    assert set(found.bins()) == {"Calibrated", "Before calibration"}


def test_pictures_of_something_else_are_refused_and_its_own_are_not(folder):
    near = judged(folder).near
    assert near.refused < 0.1
    assert len(near.strangers) == 10
    assert near.passed == ()


def test_probabilities_in_the_file_do_without_the_network(folder, tmp_path):
    (tmp_path / "model.toml").write_text(CARD)
    chance = np.random.default_rng(3)
    rows = ["label,other,three"]
    for number in range(80):
        three = number % 2
        said = round(float(chance.beta(8, 2) if three else chance.beta(2, 8)), 3)
        rows.append(f"{'three' if three else 'other'},{1 - said:.3f},{said}")
    (tmp_path / "validation.csv").write_text("\n".join(rows))
    found = judged(tmp_path)
    assert found.right.mean() > 0.9
    assert found.near is None


def test_calibration_takes_back_what_was_exaggerated():
    chance = np.random.default_rng(2)
    truth = chance.random(4_000) < 0.5
    honest = np.where(truth, 1.0, -1.0) + chance.normal(0, 1, 4_000)  # its log-odds are 2 x
    logits = np.stack([np.zeros(4_000), 6 * honest], 1)
    assert fit_temperature(logits, truth.astype(int)) == pytest.approx(3, rel=0.1)
    card = OwnCard(title="", architecture="", classes=("a", "b"), positive="b", source="", licence="")
    bins = weigh_up(card, truth.astype(int), logits).bins()
    assert bins["Calibrated"][1] < 0.03 < bins["Before calibration"][1]


def test_the_confidence_wanted_leaves_as_many_right_answers_as_were_wanted():
    confidence = np.array([0.9, 0.8, 0.7, 0.6])
    assert least_confidence(confidence, np.array([True, True, True, False])) == 0.7
    assert least_confidence(confidence, np.array([False, False, False, False])) == 1.0


@pytest.mark.parametrize(
    ("file", "text", "words"),
    [
        ("model.toml", "title = 3", "A card has: title"),
        ("model.toml", CARD.replace(ARCHITECTURE, "os.system"), "timm knows no architecture"),
        ("model.toml", CARD.replace('positive = "three"', 'positive = "four"'), "one of them as positive"),
        ("model.toml", CARD.replace("side = 32", "side = 99999"), "side at most"),
        ("model.toml", CARD.replace('title = "A three"', "title = 3"), "are texts"),
        ("model.toml", CARD.replace("channels = 1", 'channels = "one"'), "are numbers"),
        ("model.toml", CARD + 'loader = "os:system"', "A card has: title"),
        ("weights.safetensors", "no weights", "no safetensors file"),
        ("validation.csv", "label,picture\nseven,1.png\n", "line 2: the label is none of"),
        ("validation.csv", "picture\n1.png\n", "1 column is missing: label"),
        ("validation.csv", "label\nthree\n", "it needs the column picture"),
        ("validation.csv", "label,picture\n" + "three,../x.png\nother,x.png\n" * 30, "outside of the folder"),
        ("validation.csv", "label,picture\n" + "three,no.png\nother,no.png\n" * 30, "line 2"),
        ("validation.csv", "label,picture\nthree,1.png\n", "at least 40 rows"),
        ("validation.csv", "label,other,three\n" + "three,0.9,0.9\nother,1,0\n" * 30, "add up to 1"),
    ],
    ids=range(15),
)
def test_what_is_wrong_with_a_folder_is_said_with_the_file(folder, tmp_path, file, text, words):
    for name in ("model.toml", "weights.safetensors", "validation.csv"):
        (tmp_path / name).write_bytes((folder / name).read_bytes())
    (tmp_path / file).write_text(text)
    with pytest.raises(BadModelFolder, match=words) as caught:
        judged(tmp_path)
    assert file in str(caught.value)


def test_an_empty_folder_says_what_a_card_has(tmp_path):
    with pytest.raises(BadModelFolder, match="put a card there"):
        read_card(tmp_path)


def test_the_page_says_why_nothing_ships_and_shows_what_is_mounted(folder, open_page, monkeypatch):
    from tests.reading import words

    at = open_page("medicine", do="Your own model")
    assert not at.exception
    assert "No classifier of medical pictures ships" in words(at)
    object.__setattr__(engine().settings, "own_model", str(folder))
    try:
        at = open_page("medicine", do="Your own model")
    finally:
        object.__setattr__(engine().settings, "own_model", "")
    assert not at.exception
    assert "A three" in words(at)
    assert "that nothing was chosen on" in words(at)
    assert "Right of the answered" in words(at)
    assert "Of something else, refused" in words(at)
    assert at.slider(key="own-threshold")
