"""What just happened? The same game played once more on the server, and its last decision explained."""

from __future__ import annotations

from dlintro_demos.flappy_bird.ages import key_of
from dlintro_demos.flappy_bird.experiment import Look, look
from dlintro_demos.gallery.process import engine
from dlintro_demos.gallery.ui.frame import Step, steps, under_the_hood
from dlintro_demos.gallery.ui.run_job import run_job
from dlintro_demos.gallery.words import counted

CODE = """q = network(stack_of_4_frames)                     # worth of gliding, worth of flapping
action = q.argmax()                                # while it learns, sometimes a random one

# Learning: what it expected should be what it got, plus what it expects from there on (double DQN, 3 steps)
with torch.no_grad():
    best = network(frames_later).argmax(1, keepdim=True)
    goal = rewards + 0.98**3 * target_network(frames_later).gather(1, best)[:, 0]
loss = F.smooth_l1_loss(q.gather(1, action[:, None])[:, 0], goal)
loss.backward()
optimizer.step()"""


def explain(age: str, level: int) -> None:
    """A checkpoint's game on a level: three steps with its own pictures, and what is under the hood."""
    cache, key = engine().cache, key_of(age)
    seen = run_job("look", (key, level), look, cache, key, level, label="Playing it once more", shared=True)
    if seen is None:
        return
    steps("What just happened?", _steps_of(seen))
    under_the_hood([key], device=seen.device, stages=seen.stages, code=CODE)


def _steps_of(seen: Look) -> list[Step]:
    end = "crashed" if seen.crashed else "went on"
    return [
        Step(
            title="It saw four pictures",
            words="84 by 84 greys, the oldest first. One picture says where the bird is; only several "
            f"say how fast it moves. These are its last ones, after {counted(seen.pipes, 'pipe')}.",
            pictures=[(seen.saw, "Four small grey pictures of the bird and the pipes")],
        ),
        Step(
            title="Edges became a place",
            words="Two layers of filters find the bird and the lips of the pipes. Orange: the pixels "
            "that move its decision most. Nobody told it that these matter.",
            pictures=[(seen.looked, "The last picture, the decisive pixels orange")],
        ),
        Step(
            title="It did what promised more",
            words=f"Gliding was worth {seen.glide:.2f} to it, flapping {seen.flap:.2f}, and the game {end}. "
            "The line is what it expected on the way. From thousands of crashes it learned which moves end "
            "badly.",
            pictures=[(seen.expected, "What it expected at each of its last decisions")],
        ),
    ]
