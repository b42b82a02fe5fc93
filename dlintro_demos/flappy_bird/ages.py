"""The checkpoints by name; light enough for the command line to know them before anything is loaded."""

BEST = "best"
AGES = ("untrained", "2min", "5min", "10min", "25min", BEST)


def key_of(age: str) -> str:
    """The model's key."""
    return f"flappy_bird_{age}"
