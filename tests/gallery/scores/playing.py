"""Players and rounds for tests."""

from dlintro_demos.gallery.scores.nicknames import skeleton
from dlintro_demos.gallery.scores.store import Player, Round


def player(name, room="", **other):
    return Player(
        **{
            "id": f"id of {name}",
            "room": room,
            "nickname": name,
            "skeleton": skeleton(name),
            "secret": f"secret of {name}",
        }
        | other
    )


def played(name, number=0, *, yours=1.0, machine=0.5, demo="faces"):
    """Round `number` of that player."""
    return Round(
        id=f"{name} {demo} {number}",
        player=f"id of {name}",
        demo=demo,
        yours=yours,
        machine=machine,
        played_at=1.0,
    )
