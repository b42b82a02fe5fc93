"""The parts of every page: panels cost nothing while they are closed; styles know no demo."""

import re
from pathlib import Path

from streamlit.testing.v1 import AppTest

from dlintro_demos import gallery
from dlintro_demos.gallery.catalogue import SLUGS
from dlintro_demos.gallery.process import engine
from dlintro_demos.gallery.settings import MB, REPOSITORY


def page():
    import streamlit as st

    from dlintro_demos.gallery.ui.frame import panel

    st.session_state.setdefault("built", 0)
    for folded in panel("Under the hood", key="hood", icon=":material/build:"):
        st.session_state.built += 1
        st.markdown("inside")
        folded.caption("in the panel")


def test_a_closed_panel_builds_nothing_and_an_open_one_what_is_in_it():
    at = AppTest.from_function(page).run()
    assert not at.exception
    assert [folded.label for folded in at.expander] == ["Under the hood"]
    assert at.session_state["built"] == 0
    assert len(at.markdown) == 0
    at.session_state["hood"] = True
    at.run()
    assert at.session_state["built"] == 1
    assert [said.value for said in at.expander[0].markdown] == ["inside"]
    assert [said.value for said in at.expander[0].caption] == ["in the panel"]
    at.session_state["hood"] = False
    at.run()
    assert at.session_state["built"] == 1
    assert len(at.markdown) == 0


def hood():
    from dlintro_demos.gallery.process import engine
    from dlintro_demos.gallery.ui.frame import under_the_hood

    card = engine().cache.cards[0]
    under_the_hood([card.key], device="cpu", stages={"look": 0.012}, code="x = 1")


def test_under_the_hood_are_three_figures_the_card_and_the_code_and_the_long_tables_on_a_click():
    at = AppTest.from_function(hood, default_timeout=120).run()
    at.session_state["hood"] = True
    at.run()
    assert not at.exception
    card = engine().cache.cards[0]
    assert [(figure.label, figure.value) for figure in at.metric] == [
        ("Took", "12 ms"),
        ("Parameters", f"{card.parameters:,}"),
        ("Weights", f"{card.bytes / MB:,.1f} MB"),
    ]
    assert [code.value for code in at.code] == ["x = 1"]
    (short,) = at.markdown
    assert card.good_for in short.value
    at.toggle(key="hood-tables").set_value(True).run()
    tables = " ".join(said.value for said in at.markdown)
    assert "| look | 12.0 |" in tables
    assert all(said in tables for said in (*card.limits, *(figure.value for figure in card.figures)))


def test_the_styles_of_the_gallery_name_no_key_that_only_a_demo_has():
    here = Path(gallery.__file__).parent
    pages = [page for page in (REPOSITORY / "pages").glob("*.py") if page.stem not in SLUGS]
    ours = "\n".join(path.read_text(encoding="utf-8") for path in (*here.rglob("*.py"), *pages))
    styles = "\n".join(path.read_text(encoding="utf-8") for path in here.rglob("*.css"))
    named = set(re.findall(r"st-key-([\w-]+)", styles))
    given = re.findall(r'key=f?"([\w-]+)', ours)
    assert named
    assert {key for key in named if not any(each.startswith(key) for each in given)} == set()
