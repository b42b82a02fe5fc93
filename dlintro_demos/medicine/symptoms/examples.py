"""Complaints that the page opens with, one click away from each other: some that fit, and its limits."""

from __future__ import annotations

EXAMPLES = {
    "Sneezing": "My nose runs, my eyes water and I keep sneezing.",
    "Spinning": "When I roll over in bed the whole room starts to spin, and I feel a bit sick.",
    "An emergency": "My chest feels tight, as if somebody sat on it, and my left arm is heavy.",
    "Not one": "I have had a cough with phlegm for a week, but no chest pain and no trouble breathing.",
    "Misspelt": "terible hedache on one side, brite light herts and i feel sik",
    "Too little": "I do not feel well.",
    "Not for it": "Which river flows through Paris, and how long is it?",
}
"""By what is written on the button."""
