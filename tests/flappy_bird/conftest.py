"""The stage of the tests in which the game runs without Streamlit."""

from tests.flappy_bird.stage import open_stage, parts, weights  # noqa: F401
