"""`python -m tests.gallery.scores.restless ADDRESS`: a gallery's clerk that writes until it is killed.

It says the number of each round when that is written.
"""

import itertools
import sys
import time

from dlintro_demos.gallery.scores.clerk import Clerk
from dlintro_demos.gallery.scores.store import Store, database_url
from tests.gallery.scores.playing import played, player

NAME = "Restless"

if __name__ == "__main__":
    clerk = Clerk(Store(database_url(sys.argv[1])))
    clerk.ask(lambda store: store.join(player(NAME)))
    for number in itertools.count():
        clerk.record(played(NAME, number))
        while clerk.condition().waiting:
            time.sleep(0.001)
        print(number, flush=True)
