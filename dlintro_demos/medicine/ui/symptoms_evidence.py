"""Why it said so: words, nearest phrasings, the worth of questions, what is written, what it cannot do."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from dlintro_demos.gallery.process import engine
from dlintro_demos.gallery.ui.frame import Step, panel, steps, table, under_the_hood
from dlintro_demos.gallery.words import counted, per_cent, plain
from dlintro_demos.medicine.symptoms.head import MODEL
from dlintro_demos.medicine.symptoms.questions import likeliest, ranked
from dlintro_demos.medicine.symptoms.reading import LONGEST, Reading
from dlintro_demos.medicine.symptoms.spelling import MOST
from dlintro_demos.medicine.symptoms.written import patterns
from dlintro_demos.medicine.ui.symptoms_words import complaint_html
from dlintro_demos.shared.sentence_embeddings import MODEL as EMBEDDER

QUESTIONS = 8  # shown
CODE = """words = put_right(tokens(complaint))               # edit distance, apostrophes, short forms
alarms = [rule for rule in rules if rule.matches(words) and not denied(rule, words)]
tokens = first_layers(put_right(complaint))        # two networks read all of it, with what it denies
odds = mean(last_layers(tokens) for last_layers in both)
v = encoder(said_plainly(words))                   # three that err differently read what is not denied
others = (network(v) + nearer_to_emergencies(v) + weights_of_letters(words)) / 3
if denies_or_remembers(words):
    odds += 0.5 * clip(others, -3, 3) + (1 if alarms else 0)
else:
    odds = 0.75 * odds + others
sure = alarms or [SOUNDS_LIKE_ONE]                 # thresholds differ by what was found how
alarms = sure if odds > threshold else [COULD_BE_URGENT] if odds > lower else []
shares = softmax(linear(encoder(words)) / temperature)
if (1 - shares[NONE] + max(shares[:NONE])) / 2 < threshold:
    return "It cannot tell."
pull = [odds(shares) - odds(shares_without(word)) for word in words]
gain = [entropy(shares) - expected_entropy(shares, answers_to(q)) for q in questions]"""


def show_evidence(found: Reading, answers: Mapping[str, bool | None]) -> None:
    """The folded panels below a reading, the steps and what is under the hood."""
    if found.known:
        _words(found)
        _questions(found, answers)
        _written(found, answers)
    _limits()
    _steps(found)
    under_the_hood((EMBEDDER, MODEL), device=str(engine().cache.device), stages=found.seconds, code=CODE)


def _words(found: Reading) -> None:
    for _ in panel(
        "Which words pulled which pattern?", key="symptoms-words", icon=":material/format_color_text:"
    ):
        titles = {each.key: each.title for each in patterns()}
        for rank, (key, share) in enumerate(found.patterns):
            st.markdown(f"**{titles[key]}**, {per_cent(share)}")
            st.html(complaint_html(found, rank, short=False))
        st.caption(
            "Measured by leaving out one word at a time: blue words are those without which the odds of the "
            "pattern fall (deepest blue: by 3 bits, to an eighth, or more), orange ones those without which "
            "they rise. In long texts some words are left out together."
        )
        st.markdown("**The nearest of the phrasings that it learned from:**")
        table(
            ("Phrasing", "Pattern", "Cosine"),
            [(plain(phrase), titles[key], f"{cosine:.2f}") for phrase, key, cosine in found.nearest],
        )
        if found.corrected != found.text:
            st.markdown(f"Read as: “{plain(found.corrected)}”")


def _questions(found: Reading, answers: Mapping[str, bool | None]) -> None:
    for _ in panel("What would each question tell?", key="symptoms-questions", icon=":material/quiz:"):
        left = ranked(found.all_patterns, answers, found.corrected)[:QUESTIONS]
        table(
            ("Question", "Expected gain", "A yes is expected in"),
            [(each.question.asks, f"{each.bits:.3f} bits", per_cent(each.yes)) for each in left],
        )
        best = likeliest(found.all_patterns, answers, 3)
        shares = {each.key: each for each in patterns()}
        if left:
            key = left[0].question.key
            table(
                ("Pattern", "Now", f"{left[0].question.asks} Yes in"),
                [
                    (shares[name].title, per_cent(share), per_cent(shares[name].answers.get(key, 0.06)))
                    for name, share in best
                ],
            )
        st.caption(
            "A question is worth the bits by which its answer is expected to lower the entropy of all "
            "patterns. How often each pattern says yes was estimated by us. It is not clinical data."
        )


def _written(found: Reading, answers: Mapping[str, bool | None]) -> None:
    for _ in panel(
        "What is written about these patterns", key="symptoms-written", icon=":material/menu_book:"
    ):
        about = {each.key: each for each in patterns()}
        for key, _share in likeliest(found.all_patterns, answers, 3) if answers else found.patterns:
            each = about[key]
            st.markdown(f"**{each.title}.** {each.description}  \nRead on: {'; '.join(each.sources)}.")
        st.caption(
            "Written for this gallery from general knowledge, by people who are no clinicians. The pages "
            "that are named were not read for it: they are where to read on."
        )


def _limits() -> None:
    for _ in panel("What it cannot do", key="symptoms-limits", icon=":material/block:"):
        card = engine().cache.card(MODEL)
        st.markdown("\n".join(f"- {limit}" for limit in card.limits))
        st.markdown(
            f"- It reads at most {LONGEST:,} characters for patterns, and {MOST:,} for emergencies.\n"
            "- It names no treatment and no medicine, and it does not examine anybody."
        )
        table(("Measured", "Value"), [(figure.name, figure.value) for figure in card.figures])
        sources = " ".join(sorted({f"`{figure.source}`" for figure in card.figures}))
        st.caption(
            f"By {sources}, on phrases that nothing learned from and no threshold was chosen on."
            " But for those put together or made to look denied: rules were mended on them, and the networks "
            "learned from some like them."
        )


def _steps(found: Reading) -> None:
    card = engine().cache.card(MODEL)
    alarms = counted(len(found.alarms), "alarm") if found.alarms else "no alarm"
    if found.maybe:
        alarms = "perhaps one"
    parts = [
        Step(
            title="Emergencies first",
            words=f"Rules over the words, tolerant of misspellings, then a detector that learned: {alarms}. "
            "Where something may be denied or long over, two networks that read all of it count most.",
            pictures=[],
        )
    ]
    if found.all_patterns:
        needed = card.thresholds["known"]
        parts += [
            Step(
                title="Words become a place",
                words="MiniLM turns the complaint into 384 numbers. Complaints that mean the same lie close "
                f"together; a linear map says which of {len(patterns())} patterns it is like. Of 1 it is "
                f"{found.confidence:.2f} sure, and it says nothing below {needed:.2f}.",
                pictures=[],
            ),
        ]
    if found.known:
        parts.append(
            Step(
                title="Questions split what is left",
                words="For every question it works out how much an answer would tell, and asks the best one.",
                pictures=[],
            )
        )
    steps("What just happened?", parts)
