"""Flappy Bird: watch an agent teach itself the game, look inside, race it, break it, train one."""

import streamlit as st

from dlintro_demos.flappy_bird.ages import key_of
from dlintro_demos.flappy_bird.experiment import Look
from dlintro_demos.flappy_bird.ui.modes import break_it, inside, look_back, race, train_one, watch
from dlintro_demos.flappy_bird.ui.pictures import frames_seen, what_it_expected, where_it_looked
from dlintro_demos.gallery.catalogue import find
from dlintro_demos.gallery.process import engine
from dlintro_demos.gallery.runtime.model_cards import ModelUnavailable
from dlintro_demos.gallery.ui.frame import Step, footer, hook, steps, under_the_hood

WATCH, INSIDE, RACE = "Watch it learn", "Inside its head", "Race it"
BREAK, TRAIN = "Break it", "Train one now"
CODE = """q = network(stack_of_4_frames)                     # worth of gliding, worth of flapping
action = q.argmax()                                # while it learns, sometimes a random one

# Learning: what it expected should be what it got, plus what it expects from there on (double DQN, 3 steps)
with torch.no_grad():
    best = network(frames_later).argmax(1, keepdim=True)
    goal = rewards + 0.98**3 * target_network(frames_later).gather(1, best)[:, 0]
loss = F.smooth_l1_loss(q.gather(1, action[:, None])[:, 0], goal)
loss.backward()
optimizer.step()"""


def show_explanation(seen: Look) -> None:
    """Three steps with the pictures of this very game."""
    end = "crashed" if seen.crashed else "went on"
    glide, flap = seen.values[-1]
    steps(
        "What just happened?",
        [
            Step(
                title="It saw four pictures",
                words="84 by 84 greys, the oldest first. One picture says where the bird is; only several "
                f"say how fast it moves. These are its last ones, after {seen.pipes} pipes.",
                pictures=[(frames_seen(seen), "Four small grey pictures of the bird and the pipes")],
            ),
            Step(
                title="Edges became a place",
                words="Two layers of filters find the bird and the lips of the pipes. Orange: the pixels "
                "that move its decision most. Nobody told it that these matter.",
                pictures=[(where_it_looked(seen), "The last picture, the decisive pixels orange")],
            ),
            Step(
                title="It did what promised more",
                words=f"Gliding was worth {glide:.2f} to it, flapping {flap:.2f}, and the game {end}. The "
                "line is what it expected on the way. From thousands of crashes it learned which moves end "
                "badly.",
                pictures=[(what_it_expected(seen), "What it expected at each of its last decisions")],
            ),
        ],
    )


demo = find("flappy_bird")
hook(demo, "You meet this in robots that learn to walk, in chips that cool data centres, and in Go programs.")
mode = st.segmented_control(
    "What to do?",
    [WATCH, INSIDE, RACE, BREAK, TRAIN],
    default=WATCH,
    required=True,
    key="do",
    bind="query-params",
)
played = None
try:
    played = {WATCH: watch, INSIDE: inside, RACE: race, BREAK: break_it, TRAIN: train_one}[mode]()
except ModelUnavailable as error:
    st.warning(str(error), icon=":material/error:")
if played is not None:
    age, level = played
    seen = look_back(age, level)
    if seen is not None:
        show_explanation(seen)
        under_the_hood([engine().cache.card(key_of(age))], device=seen.device, stages=seen.stages, code=CODE)
footer(demo)
