"""One thread imports at a time, for whatever is heavy.

Two threads that import torchvision at once may find it half made: where modules import each other in a
circle, Python gives a module to whoever asks before it is finished.
"""

from __future__ import annotations

import threading

LOCK = threading.RLock()
