"""A Streamlit server for tests: a script alone, with the gallery's addresses and headers around it.

`python tests/script_server.py FILE PORT` serves the script whose path stands in FILE at that moment.
"""

import sys
from pathlib import Path

import streamlit as st
from starlette.middleware import Middleware

from dlintro_demos.gallery import server

SHELL = """
from pathlib import Path

import streamlit as st

script = Path({file!r}).read_text(encoding="utf-8")
st.navigation([st.Page(script, default=True)], position="hidden").run()
"""

if __name__ == "__main__":
    file, port = sys.argv[1:]
    shell = Path(file).with_name("shell.py")
    shell.write_text(SHELL.format(file=file), encoding="utf-8")
    st.App(shell, routes=server.ROUTES, middleware=[Middleware(server.SecurityHeaders)]).run(
        config={"server.address": "127.0.0.1", "server.port": int(port)}
    )
