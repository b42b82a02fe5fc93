"""What stands on every view of this demo, whatever it shows."""

from __future__ import annotations

import streamlit as st

NOTICE = "Not for diagnosis"


def show_notice() -> None:
    """One line, above everything that could be taken for a doctor's word."""
    st.markdown(f":orange-badge[:material/warning: {NOTICE}]")
