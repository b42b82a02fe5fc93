import pytest

from dlintro_demos.classical_vs_deep import layer_stack
from dlintro_demos.classical_vs_deep.learners import LEARNERS
from dlintro_demos.classical_vs_deep.learning_curves import Point
from dlintro_demos.classical_vs_deep.recorded import MNIST1D_FILE, read_points
from dlintro_demos.classical_vs_deep.ui import more_data
from dlintro_demos.classical_vs_deep.ui import stack_of_layers as stack_panel
from dlintro_demos.gallery.process import engine
from dlintro_demos.gallery.runtime.jobs import Progress, QueueFull
from tests.reading import words


def charts(at):
    return " ".join(element.proto.alt for element in at.get("vega_lite_chart"))


def pictures(at):
    return " ".join(element.proto.body for element in at.get("html"))


def pills(at, label):
    return next(group for group in at.button_group if group.label.startswith(label))


def press(at, label):
    return next(button for button in at.button if button.label == label).click().run()


@pytest.fixture
def quick_curves(monkeypatch):
    """The experiment without its minute: all learners but the line come to 40%."""

    def run(sizes, seeds):
        points = [
            Point(learner, size, seed, 0.1 if learner == "linear" else 0.4, 0.1)
            for seed in seeds
            for size in sizes
            for learner in LEARNERS
        ]
        yield Progress(0, 1, "", so_far=())
        yield tuple(points)

    monkeypatch.setattr(more_data, "learning_curves", run)


@pytest.fixture(autouse=True)
def quick_stacks(monkeypatch):
    """Two repeats of a few steps: they learn next to nothing."""

    def train(size):
        return layer_stack.train_stacks(size, seeds=(0, 1), steps=8)

    monkeypatch.setattr(stack_panel, "train_stacks", train)


def test_nonsense_in_the_address_does_no_harm(open_page):
    at = open_page(
        "classical_vs_deep", part="<b>", expert="<script>", sample="../../etc", three="a", curves="7"
    )
    assert not at.exception
    at = open_page("classical_vs_deep", part="More data", repeats="-1", learn="<script>")
    assert not at.exception
    assert at.slider(key="repeats").value in range(1, 6)
    at = open_page("classical_vs_deep", part="Stack of layers", curves="9", hidden="77", three="-1")
    assert not at.exception
    assert at.slider(key="hidden").value in range(5)


def test_the_recorded_curves_stand_there_without_the_network_until_one_bets(open_page, no_network):
    at = open_page("classical_vs_deep", part="More data")
    assert "**Recorded**" in words(at)
    assert "place your bet" in words(at)
    assert "convolutional network leads" not in words(at)
    assert "Random forest" in charts(at)
    assert "Convolutional network" not in charts(at)
    assert pictures(at).count("two curves of kind") == 10
    bet = pills(at, "Which would you bet on")
    bet.set_value(["Random forest"] if isinstance(bet.value, list) else "Random forest").run()
    assert not at.exception
    assert "**Not this time.**" in words(at)
    assert "it does not count on the scoreboard" in words(at)
    assert "convolutional network leads" in words(at)
    assert "Convolutional network 100: " in charts(at)
    assert "place your bet" not in words(at)


def test_a_run_replaces_the_recorded_curves_and_says_so(open_page, quick_curves):
    at = press(open_page("classical_vs_deep", part="More data"), "Run it here")
    assert not at.exception
    assert "**Measured here**" in words(at)
    assert "**Recorded**" not in words(at)
    assert "too close to call" in words(at)  # as the figures of this run are, not the recorded ones


def test_sizes_and_repeats_are_bounded_by_what_a_job_may_take(open_page):
    def start():
        return next(button for button in at.button if button.label == "Run it here")

    at = open_page("classical_vs_deep", part="More data", repeats="5")
    pills(at, "Numbers").set_value([1_000, 3_000, 10_000]).run()
    assert not at.exception
    assert start().disabled
    assert "Choose fewer repeats" in words(at)
    at.slider(key="repeats").set_value(1).run()
    assert not start().disabled
    pills(at, "Numbers").set_value([]).run()
    assert not at.exception
    assert "Choose at least one number" in words(at)
    assert start().disabled


def test_a_run_that_was_cancelled_keeps_its_points(open_page, monkeypatch):
    monkeypatch.setattr(more_data, "run_job", lambda *args, **kwargs: None)
    at = open_page("classical_vs_deep", part="More data")
    at.session_state[more_data.RUN] = ((30, 300), 2)
    at.session_state[more_data.SO_FAR] = tuple(
        Point(learner, 30, 0, accuracy, 0.1) for learner, accuracy in (("linear", 0.11), ("cnn", 0.44))
    )
    at.run()
    assert not at.exception
    assert "stopped after 2 of 16" in words(at)
    assert "44%" in words(at)
    assert "**Recorded**" not in words(at)


def test_a_full_queue_leaves_the_recorded_curves(open_page, monkeypatch):
    def full(*args, **kwargs):
        raise QueueFull("The gallery is busy. Try again in a minute.")

    at = open_page("classical_vs_deep", part="More data")
    monkeypatch.setattr(engine().queue, "submit", full)
    at.session_state[more_data.RUN] = ((30, 3000), 1)
    at.run()
    assert not at.exception
    assert "The gallery is busy" in words(at)
    assert "**Recorded**" in words(at)


def test_the_real_digits_are_labelled_recorded(open_page):
    at = open_page("classical_vs_deep", part="More data", learn=more_data.DIGITS)
    assert not at.exception
    assert "**Recorded** with `python -m training.classical_vs_deep.learning_curves_mnist`" in words(at)
    assert "new digits" in words(at)


def test_a_stack_says_its_weights_its_accuracy_and_its_borders(open_page, no_network, written):
    at = open_page("classical_vs_deep", part="Stack of layers", hidden="4", curves="300")
    for depth, says in ((4, "**4 hidden layers"), (1, "**One hidden"), (0, "410 weights")):
        at.slider(key="hidden").set_value(depth).run()
        assert not at.exception
        assert says in words(at)
        assert pictures(at).count("<figcaption>It names A") == (2 if depth else 1)
    assert charts(at).startswith("Share of new curves named rightly, by number of hidden layers. 0: ")
    before = pictures(at)
    at.slider(key="three").set_value(3).run()
    assert not at.exception
    assert pictures(at) != before
    assert "What just happened?" in words(at)
    assert [path for path in written if not path.startswith(("/dev/", "/proc/"))] == []


def test_the_page_shows_the_seconds_that_were_recorded(open_page):
    at = open_page("classical_vs_deep", part="More data")
    at.session_state["hood"] = at.session_state["hood-tables"] = True  # opened
    at.run()
    points = read_points(MNIST1D_FILE)
    most = max(point.size for point in points)
    seconds = [point.seconds for point in points if (point.learner, point.size) == ("svm", most)]
    assert f"| Support vector machine | {sum(seconds) / len(seconds) * 1000:,.1f} |" in words(at)
