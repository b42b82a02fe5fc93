"""The three sources side by side, an idea a row."""

from __future__ import annotations

import html
from functools import cache

import streamlit as st

from dlintro_demos.frameworks.known import FRAMEWORKS, IDEAS, ideas
from dlintro_demos.gallery.ui.frame import first_result


def line_by_line() -> None:
    """All ideas; the row under the pointer, or that has the focus, stands out in all three."""
    with first_result():
        st.html(_side_by_side())
    st.caption(
        "This is the code that runs, not a copy of it. Point at a row, or go through them with the Tab key. "
        "Look for what is the same: layers, a loss, gradients, a step. And for what is not: who keeps the "
        "weights, where gradients gather, and whether colours come first or last."
    )


@cache
def _side_by_side() -> str:
    rows = []
    for name, title in IDEAS.items():
        cells = "".join(
            f"<td><span class=who>{html.escape(each.title)}</span>"
            f"<pre><code>{_hanging(_dedented(ideas(each).get(name, '')))}</code></pre></td>"
            for each in FRAMEWORKS
        )
        rows.append(f"<tr tabindex=0><th scope=row>{html.escape(title)}</th>{cells}</tr>")
    heads = "".join(f"<th scope=col>{html.escape(each.title)}</th>" for each in FRAMEWORKS)
    return (
        f"{_STYLE}<table class=languages><thead><tr><td></td>{heads}</tr></thead>"
        f"<tbody>{''.join(rows)}</tbody></table>"
    )


def _dedented(code: str) -> str:
    lines = code.splitlines()
    indent = min((len(line) - len(line.lstrip()) for line in lines if line.strip()), default=0)
    return "\n".join(line[indent:] for line in lines)


def _hanging(code: str) -> str:
    """Each line as a block: what does not fit into its width goes on below, further in."""
    return "".join(
        f"<span style='--in:{len(line) - len(line.lstrip()) + 4}ch'>{html.escape(line)}\n</span>"
        for line in code.splitlines()
    )


_STYLE = """<style>
.languages { width: 100%; border-collapse: collapse; table-layout: fixed; }
.languages th[scope=row] { width: 9rem; text-align: left; vertical-align: top; padding: .5rem .5rem .5rem 0; }
.languages thead td { width: 9rem; }
.languages th[scope=col] { text-align: left; padding: .25rem .5rem; }
.languages td { vertical-align: top; padding: .25rem .5rem; }
.languages pre { margin: 0; overflow: visible; font-size: .75rem; line-height: 1.45; white-space: pre-wrap;
  overflow-wrap: anywhere; }
.languages pre span { display: block; padding-left: var(--in); text-indent: calc(-1 * var(--in)); }
.languages tbody tr { border-top: 1px solid rgb(128 128 128 / .3); }
.languages tbody tr:hover, .languages tbody tr:focus { background: rgb(110 90 240 / .14); }
.languages .who { display: none; font-weight: 600; }
@media (max-width: 760px) {
  .languages thead { display: none; }
  .languages, .languages tbody, .languages tr, .languages td, .languages th { display: block; width: auto; }
  .languages th[scope=row] { width: auto; }
  .languages .who { display: block; }
}
</style>"""
