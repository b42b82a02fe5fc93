"""Why it took a sentence for what it did; what another sentence would do; what keyword rules would say."""

from __future__ import annotations

import streamlit as st

from dlintro_demos.assistant.conversing import Entry, try_out
from dlintro_demos.assistant.dialogue import Turn
from dlintro_demos.assistant.intent_map import CALLED, USE_OF, USES, IntentMap, draw_map
from dlintro_demos.assistant.intents import MODEL as HEAD
from dlintro_demos.assistant.normalise import LONGEST
from dlintro_demos.assistant.phrases import NONE
from dlintro_demos.assistant.rules import by_keywords
from dlintro_demos.assistant.turn import slot_words
from dlintro_demos.assistant.ui.visit import Visit
from dlintro_demos.gallery.process import engine
from dlintro_demos.gallery.ui.charts import BLUE, GREY, KINDS, RED, SHAPES, layer, show_bars, show_chart
from dlintro_demos.gallery.ui.frame import panel, table
from dlintro_demos.gallery.ui.run_job import run_job
from dlintro_demos.gallery.words import per_cent, plain

EVERY = 5  # phrases, of which one is on the map
RULES = "keyword rules"  # in the names of the card's figures


def show_evidence(here: Visit, entry: Entry) -> None:
    """The folded panels about the turn that is looked at."""
    _why(entry)
    _correct(here, entry)
    _rules(entry)


def _why(entry: Entry) -> None:
    for _ in panel("Why this intent?", key="assistant-why", icon=":material/hub:"):
        turn = entry.exchange.turn
        if turn is None:
            st.markdown("Nothing was taken for said, so no intent was looked for.")
            return
        left, right = st.columns(2)
        with left:
            st.markdown("**The likeliest intents:**")
            show_bars(
                [(CALLED[intent], share) for intent, share in turn.guess.top],
                colour=BLUE if turn.guess.known else GREY,
                who="The likeliest intents",
            )
            st.markdown("**The nearest of the phrases that it learned from:**")
            table(
                ("Phrase", "Intent", "Cosine"),
                [
                    (plain(phrase), CALLED[intent], f"{cosine:.2f}")
                    for phrase, intent, cosine in turn.guess.nearest
                ],
            )
        with right:
            _map(turn)


def _map(turn: Turn) -> None:
    found: IntentMap | None = run_job(
        "map", "all", draw_map, engine().cache, label="Drawing the map", shared=True
    )
    if found is None:
        return
    rows = [
        {"phrase": phrase, "intent": CALLED[intent], "use": USE_OF[intent], "x": x, "y": y}
        for phrase, intent, x, y in found.places[::EVERY]
    ]
    scale = {"domain": list(USES), "range": list(KINDS)}
    axis = {"type": "quantitative", "axis": None, "scale": {"zero": False}}
    points = layer(
        {"type": "point", "filled": True, "size": 26, "opacity": 0.55},
        rows,
        x={"field": "x", **axis},
        y={"field": "y", **axis},
        color={"field": "use", "scale": scale, "legend": {"orient": "bottom", "title": None, "columns": 4}},
        shape={"field": "use", "scale": {"domain": list(USES), "range": list(SHAPES)}},
        tooltip=[{"field": "phrase"}, {"field": "intent"}],
    )
    place = [{"x": turn.guess.place[0], "y": turn.guess.place[1], "phrase": "this sentence"}]
    here = layer(
        {
            "type": "point",
            "shape": "cross",
            "size": 420,
            "strokeWidth": 3,
            "filled": True,
            "color": RED,
        },
        place,
        x={"field": "x", **axis},
        y={"field": "y", **axis},
        tooltip=[{"field": "phrase"}],
    )
    show_chart(
        points,
        here,
        height=330,
        alt=f"A map of {len(rows)} phrases in the colours of their uses, and this sentence as a red cross.",
    )
    st.caption(
        f"{len(rows)} phrases, every fifth that was written for it, and this sentence as a red cross. The "
        "map has two of the 384 directions of its embedding, those that hold the intents farthest apart: "
        f"{found.share:.0%} of what differs between the phrases. The network looks at all of them."
    )


def _correct(here: Visit, entry: Entry) -> None:
    for _ in panel("What did it hear? Correct it", key="assistant-correct", icon=":material/edit:"):
        turn = entry.exchange.turn
        heard = turn.heard if turn else entry.exchange.said
        text = st.text_input(
            "What you meant",
            heard,
            max_chars=LONGEST,
            key=f"assistant-meant-{entry.number}",
        ).strip()
        if not text or text == heard.strip():
            st.caption("Change the words, and see what becomes of the intent. Nothing is done by that.")
            return
        tried: Turn | None = run_job(
            "try", (entry.number, text), try_out, entry.before, text, entry.now, label="Trying it"
        )
        if tried is None:
            return
        before = ("–", "–", "–", plain(entry.exchange.answer)) if turn is None else _summary(turn)
        rows = zip(("Intent", "Sure", "Slots", "Answer"), before, _summary(tried), strict=True)
        table(("", "As it was heard", "As you corrected it"), list(rows))
        st.caption("Tried on a copy: nothing of it has happened.")
        later = sum(each.number > entry.number for each in here.entries)
        forgets = f" (and forget the {later} after it)" if later else ""
        st.button(
            f"Answer this instead{forgets}",
            key="assistant-instead",
            on_click=here.correct,
            args=(entry, text),
            icon=":material/history:",
        )


def _summary(turn: Turn) -> tuple[str, str, str, str]:
    taken = CALLED.get(turn.intent, turn.intent) if turn.known else CALLED[NONE]
    slots = "; ".join(map(slot_words, turn.resolved))
    return taken, per_cent(turn.guess.confidence), plain(slots) or "none", plain(turn.answer)


def _rules(entry: Entry) -> None:
    for _ in panel("Against the classical way: keyword rules", key="assistant-rules", icon=":material/rule:"):
        turn = entry.exchange.turn
        if turn is not None:
            guess = turn.guess
            learned = CALLED[guess.intent] if guess.known else CALLED[NONE]
            ruled = by_keywords(turn.plain)
            table(
                ("This sentence", "Learned from examples", "Keyword rules"),
                [(plain(turn.plain), f"{learned} ({per_cent(guess.confidence)} sure)", CALLED[ruled])],
            )
        card = engine().cache.card(HEAD)
        both = {figure.name: figure.value for figure in card.figures}
        rows = [
            (name, value, both.get(f"{name}, by {RULES}", ""))
            for name, value in both.items()
            if RULES not in name
        ]
        table(
            ("On sentences that neither was made from", "Learned", "Rules"), [row for row in rows if row[2]]
        )
        st.caption(
            "The rules were written with the same training phrases in sight, and know no word that nobody "
            "thought of; the test sentences say things differently, some with typing errors. Measured by "
            + " ".join(sorted({f"`{figure.source}`" for figure in card.figures if RULES in figure.name}))
            + "."
        )
