"""What a visitor reads where a page fails."""

from __future__ import annotations

import streamlit as st

from dlintro_demos.gallery.server import report


def script_error(error: Exception) -> bool:
    """Show a page's unexpected error in words; True: Streamlit need not show it."""
    number = report(error)
    st.error(
        "Something went wrong on this page. It is our fault, not yours, and your picture is still here. "
        f"Change a setting or load the page again; if it comes back, tell the operator number {number}.",
        icon=":material/error:",
    )
    return True
