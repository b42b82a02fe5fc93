"""A process that runs one framework: a request a line on its input, replies a line each on its output.

TensorFlow, JAX and PyTorch's compiler each bring their own LLVM; two of them in one process may end it with a
segmentation fault. Here one that ends takes nobody along.

    python -m dlintro_demos.frameworks.worker jax
"""

from __future__ import annotations

import json
import os
import sys
from typing import Any

import numpy as np

from dlintro_demos.frameworks.known import FrameworkUnavailable, find, load
from dlintro_demos.frameworks.learning import learn_in
from dlintro_demos.frameworks.task import SIDE


def main(key: str) -> None:
    """Answer requests until the input ends."""
    out = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # whatever else a framework prints is no reply
    try:
        language = load(find(key))
    except FrameworkUnavailable as error:
        _reply(out, {"fault": str(error), "end": True})
        return
    for line in sys.stdin:
        request = json.loads(line)
        if "steps" in request:
            for losses, milliseconds in learn_in(language, request["steps"]):
                _reply(out, {"losses": losses, "milliseconds": milliseconds, "end": False})
        else:
            weights = {name: np.asarray(value, np.float32) for name, value in request["weights"].items()}
            x = np.asarray(request["x"], np.float32).reshape(-1, 1, SIDE, SIDE)
            found = language.logits(language.build(weights), x)
            _reply(out, {"logits": np.asarray(found, float).tolist(), "end": False})
        _reply(out, {"end": True})


def _reply(out: Any, reply: dict[str, Any]) -> None:
    out.write(json.dumps(reply) + "\n")
    out.flush()


if __name__ == "__main__":
    main(sys.argv[1])
