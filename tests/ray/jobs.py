"""Jobs of the demos that no page starts by being opened: visitors press, play, speak or bring something."""

import csv
import io
from datetime import datetime
from functools import partial
from zoneinfo import ZoneInfo

import numpy as np
from skimage import data

from dlintro_demos.assistant.conversing import converse, try_out
from dlintro_demos.assistant.dialogue import Dialogue
from dlintro_demos.assistant.fooling import SOUNDS, converse_fooled
from dlintro_demos.assistant.intent_map import draw_map
from dlintro_demos.classical_vs_deep.learning_curves import learning_curves
from dlintro_demos.faces import quiz as faces_quiz
from dlintro_demos.faces.album import open_album
from dlintro_demos.faces.analysis import analyse, drawn_face
from dlintro_demos.faces.experiment import look_there, mapped, preview_hidden
from dlintro_demos.faces.samples import sample_album
from dlintro_demos.feature_layers import experiment as layers
from dlintro_demos.feature_layers import quiz as layers_quiz
from dlintro_demos.feature_layers.evidence import CELLS
from dlintro_demos.flappy_bird.ages import key_of
from dlintro_demos.flappy_bird.scores import judge_race
from dlintro_demos.flappy_bird.state_player import Course
from dlintro_demos.flappy_bird.state_player import learn as learn_to_fly
from dlintro_demos.frameworks.running import race
from dlintro_demos.gallery.intake.brought import Brought, read_all
from dlintro_demos.gallery.intake.images import ImageLimits, encode_png
from dlintro_demos.gallery.intake.tables import TableLimits
from dlintro_demos.lip_reading import twins
from dlintro_demos.lip_reading.learning import Recipe, keep, read_learned
from dlintro_demos.lip_reading.learning import learn as learn_lips
from dlintro_demos.lip_reading.quiz import wish_of
from dlintro_demos.lip_reading.saliency import hide_spans
from dlintro_demos.lip_reading.strangers import read_video
from dlintro_demos.lip_reading.watching import speak
from dlintro_demos.medicine.own_model.judging import judge
from dlintro_demos.medicine.risk.quiz import make_round
from dlintro_demos.medicine.risk.samples import SAMPLES
from dlintro_demos.medicine.risk.table import COLUMNS, weigh_table
from dlintro_demos.medicine.risk.weighing import find_flips
from dlintro_demos.medicine.symptoms.quiz import ask as ask_symptoms
from dlintro_demos.shared.things import draw
from dlintro_demos.super_resolution import quiz as sharp_quiz
from dlintro_demos.super_resolution.experiment import Request
from dlintro_demos.super_resolution.several import enlarge_file
from dlintro_demos.super_resolution.ui.fitting import fit_now, scales_up_to
from dlintro_demos.teach_a_child.lesson_file import open_lesson, save
from dlintro_demos.teach_a_child.seeing import decode_in_turn, look_at_files
from dlintro_demos.teach_a_child.tray import TrayThing, begin, look_at_things

LIMITS = ImageLimits()
NOW = datetime(2026, 11, 26, 10, tzinfo=ZoneInfo("Europe/Berlin"))


def jobs(engine, folder):
    """Work and its arguments; `folder` may be written to."""
    cache = engine.cache
    chelsea, astronaut = data.chelsea(), data.astronaut()
    dialogue = Dialogue(cache, NOW)
    dialogue.say("Remind me to call Anna tomorrow at three")
    wish = wish_of(3, 1)
    clip = speak(wish)
    learned = last(learn_lips([keep(clip, wish.sentence)] * 2, cache, Recipe(steps=3, copies=2)))
    flat = np.arange(256, dtype=np.float32).reshape(2, 128)
    half = np.zeros((CELLS, CELLS), bool)
    half[:7] = True
    enlarging = Request(method="ours", scale=2, faithful=True)
    return [
        (try_out, dialogue, "What is on tomorrow?", NOW),
        (converse, dialogue, "Buy some milk", NOW, 1, cache),
        (converse_fooled, dialogue, next(iter(SOUNDS)), NOW, 2, cache),
        (draw_map, cache),
        (learning_curves, (100,), (0,)),
        (faces_quiz.make_pair, 1, cache),
        (
            open_album, partial(read_all, (Brought("a.jpg", lambda: sample_album()[0][1]),)),
            partial(analyse, cache=cache), LIMITS, partial(drawn_face, cache=cache),
        ),
        (look_there, "a", astronaut, (180.0, 80.0, 90.0, 110.0), cache),
        (preview_hidden, astronaut, ((180.0, 80.0, 270.0, 190.0),), "pixelate"),
        (mapped, flat),
        (layers.hide, chelsea, half, (281, 282), cache),
        (layers_quiz.ask, 3, 1, cache),
        (judge_race, 5, 0, (3,), 30, 100, cache, key_of("10min")),
        (learn_to_fly, 1, Course(updates=200, games=4, batch=32, scores=2, scored_pipes=1)),
        (race, 3),
        (twins.compare, wish, wish_of(3, 2)),
        (learn_lips, [keep(clip, wish.sentence)] * 2, cache, Recipe(steps=3, copies=2)),
        (read_learned, clip, learned, cache),
        (hide_spans, clip, cache),
        (read_video, b"no video", wish.sentence, cache),
        (judge, folder / "none", TableLimits(), cache),
        (make_round, 3, 1, cache),
        (weigh_table, table([SAMPLES[0].values()]), TableLimits(), cache),
        (find_flips, tuple(SAMPLES[0].values()), 0.5, cache),
        (ask_symptoms, 3, 1, cache),
        (sharp_quiz.make_pair, 1, cache),
        (
            enlarge_file, encode_png(chelsea[:60, :80]), LIMITS, engine.decoding,
            partial(fit_now, method="ours", scales=scales_up_to(2)), enlarging, False, 10**9, cache,
        ),
        (open_lesson, save(last(begin(cache)), "mean", pictures=True)),
        (look_at_things, (TrayThing(kind="apple", seed=7),), cache),
        (
            look_at_files, (Brought("picture 1", partial(encode_png, draw("star", 3))), Brought("2", bytes)),
            partial(decode_in_turn, limits=LIMITS, turn=engine.decoding), cache,
        ),
    ]  # fmt: skip


def table(rows):
    file = io.StringIO()
    csv.writer(file).writerows([COLUMNS, *rows])
    return file.getvalue().encode()


def last(steps):
    *_, result = steps
    return result
