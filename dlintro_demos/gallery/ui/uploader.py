"""Where visitors bring files and pictures, and where it is said why one was not taken."""

from __future__ import annotations

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from dlintro_demos.gallery.ui.session import private_key, visitor
from dlintro_demos.gallery.words import counted, plain

# The browser refuses nothing by its size: it would say so on hover only, and leave the last result standing.
ANY_MB = 1_000_000
MOST_SAID = 3


def bring_file(label: str, *, name: str) -> UploadedFile | None:
    """A file of any type and size, as far as the browser is concerned; `label` says what is taken."""
    with st.container(key=f"bring-one-{name}"):
        given = st.file_uploader(label, key=private_key(name), max_upload_size=ANY_MB)
        _say_refused()
    visitor().brought |= given is not None
    return given


def bring_files(label: str, *, name: str) -> list[UploadedFile]:
    """As `bring_file`, but for any number of them."""
    with st.container(key=f"bring-many-{name}"):
        given = st.file_uploader(
            label, key=private_key(name), max_upload_size=ANY_MB, accept_multiple_files=True
        )
        _say_refused(earlier=True)  # their names stand there still
    visitor().brought |= bool(given)
    return given


def take_picture(label: str, *, name: str) -> UploadedFile | None:
    """A picture from the visitor's camera."""
    given = st.camera_input(label, key=private_key(name), resolution="480p", width=480)
    _say_refused(called="The last picture")
    visitor().brought |= given is not None
    return given


def _say_refused(*, called: str = "", earlier: bool = False) -> None:
    """Why files were refused, those that came last first; `gallery.css` shows it where names stand in red."""
    place = st.empty()  # what was said of an earlier file goes at once
    me = visitor()
    refused = [said for each, said in me.refused.items() if each in me.latest]
    if earlier:
        refused += [said for each, said in me.refused.items() if each not in me.latest]
    if not refused:
        return
    sentences = [f"{called or f'“{plain(name)}”'} was refused. {why}" for name, why in refused[:MOST_SAID]]
    if len(refused) > MOST_SAID:
        more = counted(len(refused) - MOST_SAID, "more file was", "more files were")
        sentences.append(f"{more} refused.")
    place.warning("\n\n".join(sentences), icon=":material/error:")
