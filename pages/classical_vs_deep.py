"""Classical against deep: who makes the features, what more data is worth, what a stack of layers does."""

import streamlit as st

from dlintro_demos.classical_vs_deep.ui.explanation import show_explanation
from dlintro_demos.classical_vs_deep.ui.more_data import more_data, recorded_seconds
from dlintro_demos.classical_vs_deep.ui.stack_of_layers import stack_of_layers
from dlintro_demos.classical_vs_deep.ui.two_roads import who_makes_the_features
from dlintro_demos.gallery.catalogue import find
from dlintro_demos.gallery.ui.frame import choices, footer, hook, under_the_hood

PARTS = ("Who makes the features?", "More data", "Stack of layers")
FEATURES, DATA, LAYERS = PARTS
CODE = """classical = make_pipeline(StandardScaler(), SVC())                  # or a forest, or a line
grid = {"svc__C": [1, 10], "svc__gamma": [0.01, "scale"]}
tuned = GridSearchCV(classical, grid, cv=StratifiedKFold(3)).fit(x[:n], y[:n])

deep = nn.Sequential(                                                  # 40 heights in, 10 kinds out
    nn.Conv1d(1, 32, 5, padding=2), nn.BatchNorm1d(32), nn.ReLU(),
    nn.Conv1d(32, 32, 5, stride=2, padding=2), nn.BatchNorm1d(32), nn.ReLU(),
    nn.Conv1d(32, 32, 5, stride=2, padding=2), nn.BatchNorm1d(32), nn.ReLU(),
    nn.AdaptiveMaxPool1d(1), nn.Flatten(), nn.Linear(32, 10))
# for some hundred batches: cross_entropy(deep(batch), kinds).backward(); AdamW(...).step()"""

demo = find("classical_vs_deep")
hook(
    demo,
    "You meet both: a spam filter or a credit score is often classical; speech, pictures and translation "
    "are deep.",
)
first = choices()
with first:
    part = st.segmented_control(
        "Part", PARTS, default=FEATURES, required=True, key="part", bind="query-params"
    )
if part == FEATURES:
    who_makes_the_features(first)
elif part == DATA:
    more_data()
else:
    stack_of_layers()
show_explanation()
under_the_hood(
    demo.models,
    device="one CPU core, in the recorded run of “More data” (tuning and learning 3,000 curves)",
    stages=recorded_seconds(),
    code=CODE,
)
footer(demo)
