"""What is under the hood, and how far to believe it."""

from __future__ import annotations

from collections.abc import Sequence

from dlintro_demos.gallery.ui.frame import under_the_hood
from dlintro_demos.lip_reading.watching import Watched

CODE = """# Three networks do this; of the clip and its mirror image, with the points and without.
points = normalise(track)          # 59 landmarks a frame, each from its own median: how they move
pixels = look(mouths)              # grey and redness of the mouth, 48 x 24
state = torch.cat([points_branch(points), pixels_branch(pixels)], 2)
state, _ = first_gru(state)        # reads from both ends
state, _ = second_gru(state)
logits = words(state)              # for each frame: 51 words, or "nothing new here"
posteriors = grammar.decode(logits.log_softmax(2))   # CTC: the sum over all alignments of all sentences"""


def show_hood(watched: Watched, before: Sequence[str] = ()) -> None:
    """Times of this very run, the cards, the lines of code; `before` are models that found the lips."""
    under_the_hood(
        [*before, *(each.key for each in watched.answers)],
        device=watched.device,
        stages=watched.stages,
        code=CODE,
    )
