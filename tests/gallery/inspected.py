"""`python tests/gallery/inspected.py SOCKET`: the gallery, with a way to look into its memory.

Answers on a Unix socket, one line of JSON a question.
"""

import gc
import io
import json
import os
import runpy
import socket
import sys
import threading

import numpy as np

written: list[str] = []


def note_writing(event, arguments):
    if event == "open":
        path, mode, flags = arguments
        writing = set(mode) & set("wax+") if isinstance(mode, str) else flags & (os.O_WRONLY | os.O_RDWR)
        if writing and isinstance(path, (str, bytes, os.PathLike)):
            written.append(os.fsdecode(path))


def everything():
    """Texts, bytes and arrays that any object refers to, by their id."""
    import torch

    gc.collect()
    gc.unfreeze()
    found = gc.get_referents(*gc.get_objects())
    level = found
    while level := [each for each in level if type(each) in {tuple, dict} and not gc.is_tracked(each)]:
        level = gc.get_referents(*level)  # the collector does not know what holds no circles
        found.extend(level)
    kinds = {bytes, bytearray, str, np.ndarray, torch.Tensor, io.BytesIO}
    return {id(thing): thing for thing in found if type(thing) in kinds}


def holders(needles):
    """For each needle, what has these bytes or letters in it, but for the needles themselves."""
    texts = [needle.decode("latin-1") for needle in needles]
    ours = {id(each) for each in (*needles, *texts)}
    types = [[] for _ in needles]
    for number, thing in everything().items():
        if number in ours:
            continue
        if isinstance(thing, str):
            hay, wanted = thing, texts
        elif isinstance(thing, (bytes, bytearray)):
            hay, wanted = thing, needles
        elif isinstance(thing, io.BytesIO):  # a file on its way
            hay, wanted = b"" if thing.closed else thing.getvalue(), needles
        elif str(thing.dtype).endswith("uint8"):
            hay, wanted = np.asarray(thing).tobytes(), needles
        else:
            continue
        for place, needle in zip(types, wanted, strict=True):
            if needle in hay:
                place.append(f"{type(thing).__name__} of {len(hay)}")
    return types


def answer(asked):
    from streamlit import runtime

    from dlintro_demos.gallery import process
    from dlintro_demos.gallery.runtime import shown
    from dlintro_demos.gallery.runtime.results import EVERYBODY
    from dlintro_demos.gallery.ui.session import present

    server = runtime.get_instance()
    match asked["question"]:
        case "holders":
            return holders([bytes.fromhex(needle) for needle in asked["needles"]])
        case "written":
            return list(written)
        case "descriptors":
            return len(os.listdir("/proc/self/fd"))
        case "visitors":
            return sorted([visitor.session, visitor.client] for visitor in list(present.values()))
        case "players":
            return sorted(visitor.player.nickname for visitor in list(present.values()) if visitor.player)
        case "sessions":
            return len(server._session_mgr.list_active_sessions())
        case "queue":
            return process.engine().queue.status()
        case "kept":
            gc.collect()
            engine = process.engine()
            queue = engine.queue.status()
            return {
                "visitors": len(present),
                "stored sessions": len(server._session_mgr._session_storage.list()),
                "files": sum(map(len, server.uploaded_file_mgr.file_storage.values())),
                "results": [owner for owner in engine.results._entries if owner != EVERYBODY],
                "pictures": sum(len(screen._pictures) for screen in list(shown._all.values())),
                "jobs": queue["running"] + queue["waiting"],
                "seats": len(engine.running),
                "media": len(server.media_file_mgr._file_metadata),
                "downloads": len(server.media_file_mgr._deferred_callables),
            }


NOTHING = {
    "visitors": 0, "stored sessions": 0, "files": 0, "results": [], "pictures": 0, "jobs": 0, "seats": 0,
    "media": 0, "downloads": 0,
}  # fmt: skip


def listen(path):
    with socket.socket(socket.AF_UNIX) as door:
        door.bind(path)
        door.listen()
        while True:
            line, _ = door.accept()
            with line, line.makefile() as lines:
                line.sendall(json.dumps(answer(json.loads(lines.readline()))).encode() + b"\n")


if __name__ == "__main__":
    sys.addaudithook(note_writing)
    threading.Thread(target=listen, args=(sys.argv.pop(1),), daemon=True).start()
    sys.argv[0] = "app.py"
    sys.path.insert(0, os.getcwd())
    runpy.run_path("app.py", run_name="__main__")
