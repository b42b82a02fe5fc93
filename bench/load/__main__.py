"""Many visitors: 200 who arrive together, a mixed hour in small, and the same arrival at apps of others.

    python -m bench.load arrival [--processes 2] [--sessions 200] [--only SLUG...]
    python -m bench.load restart [--sessions 200] [--only SLUG...]
    python -m bench.load mixed [--visitors 40] [--minutes 10]
    python -m bench.load gradio PYTHON [--sessions 200]      # PYTHON: of an environment with gradio
    python -m bench.load streamlit [--sessions 200]          # a small app, with Streamlit's own settings

`arrival`: all visitors connect at one moment and run the page as it opens; with two processes every other one
goes to the second, as a proxy that shares them out has it.

`restart`: after that, the gallery is killed and started again; each knocks about once a second until it is
let in, and runs its page. Seconds count from the start of the new process.

`mixed`: each visitor goes from demo to demo, with pauses to look: pages and modes, photos and recordings of
their own, live pictures, rounds of games; some leave in the middle of a job, some forget everything. All that
one visitor alone was shown before must stand there. Beside them somebody runs the wall
again every second, and the server's memory is read. What differs from one visit alone to the next (games,
times) is only looked at for errors.

The visitors take part of the same cores: what they are told is slower here than from other machines.
"""

from __future__ import annotations

import argparse

from bench.load.arriving import arrival, restart
from bench.load.mixed import mixed
from bench.load.peers import gradio, streamlit
from bench.pages import MODES


def main() -> None:
    """Run what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    ways = parser.add_subparsers(required=True)
    way = ways.add_parser("arrival")
    way.add_argument("--processes", type=int, default=1)
    way.add_argument("--sessions", type=int, default=200)
    way.add_argument("--only", nargs="+", choices=list(MODES), default=list(MODES), metavar="SLUG")
    way.set_defaults(run=arrival)
    way = ways.add_parser("restart")
    way.add_argument("--sessions", type=int, default=200)
    way.add_argument("--only", nargs="+", choices=list(MODES), default=["home"], metavar="SLUG")
    way.set_defaults(run=restart)
    way = ways.add_parser("mixed")
    way.add_argument("--visitors", type=int, default=40)
    way.add_argument("--minutes", type=float, default=10)
    way.set_defaults(run=mixed)
    way = ways.add_parser("gradio")
    way.add_argument("python", metavar="PYTHON")
    way.add_argument("--sessions", type=int, default=200)
    way.set_defaults(run=gradio)
    way = ways.add_parser("streamlit")
    way.add_argument("--sessions", type=int, default=200)
    way.set_defaults(run=streamlit)
    options = parser.parse_args()
    options.run(options)


if __name__ == "__main__":
    main()
