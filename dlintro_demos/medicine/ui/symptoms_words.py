"""A complaint with its words coloured by how much they pulled."""

from __future__ import annotations

import html

from dlintro_demos.medicine.symptoms.reading import Pull, Reading

STRONGEST = 0.5  # opacity of the background: text in the theme's colour stays readable on it
FULL_BITS = 3.0  # the pull that has it
SHORT = 280  # characters of a complaint that stand on the first screen


def complaint_html(found: Reading, rank: int = 0, *, short: bool = True) -> str:
    """The text as HTML, every word of the visitor's escaped; blue pulled to the pattern of that rank."""
    parts, at = [], 0
    for pull in found.pulls if found.known else ():
        if short and pull.end > SHORT:
            break
        parts += [html.escape(found.text[at : pull.begin]), _marked(found, pull, rank)]
        at = pull.end
    rest = found.text[at : max(at, SHORT)] if short else found.text[at:]
    more = " …" if short and len(found.text) > max(at, SHORT) else ""
    return (
        "<p style='margin:0;line-height:1.7;overflow-wrap:anywhere'>“"
        f"{''.join(parts)}{html.escape(rest)}{more}”</p>"
    )


def _marked(found: Reading, pull: Pull, rank: int) -> str:
    bits = pull.bits[rank]
    strength = min(abs(bits) / FULL_BITS, 1.0) * STRONGEST
    colour = "74,125,252" if bits > 0 else "224,130,20"
    words = html.escape(found.text[pull.begin : pull.end])
    return (
        f"<span style='background:rgba({colour},{strength:.2f});border-radius:.2rem;padding:.1rem 0' "
        f"title='{bits:+.1f} bits'>{words}</span>"
    )
