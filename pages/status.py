"""Is everything here? Device, models, queue and versions, as `python -m dlintro_demos doctor` prints them."""

import streamlit as st

from dlintro_demos.gallery.process import engine
from dlintro_demos.gallery.runtime.status import examine
from dlintro_demos.gallery.ui.frame import footer, table

st.title("Status", anchor=False)
st.markdown("What this gallery runs on. Before a workshop, every model should say *ready* or *loaded*.")
report = examine(engine())
if report.missing:
    st.error(f"Not ready: {', '.join(report.missing)}. The reasons stand below.", icon=":material/error:")
else:
    st.success("Everything is in place.", icon=":material/check_circle:")
if report.notice:
    st.warning(report.notice, icon=":material/cloud_off:")

device, memory, running, waiting = st.columns(4)
device.metric("Device", report.device.device, help=report.device.name)
memory.metric("Model memory", report.memory, help="In use, of the budget for all models together.")
running.metric("Jobs running", report.queue["running"])
waiting.metric("Jobs waiting", report.queue["waiting"])
st.caption(report.device.name)

st.subheader("Models", anchor=False)
table(("Model", "State", "Figures"), report.model_rows())
for model in report.models:
    if model.note and model.state != "optional":
        st.warning(f"**{model.title}**: {model.note}", icon=":material/info:")

st.subheader("Jobs since the start", anchor=False)
table(
    ("Jobs", "Number"), [(state, str(number)) for state, number in (report.queue | report.computed).items()]
)
st.subheader("Versions", anchor=False)
table(("Package", "Version"), list(report.versions.items()))
st.button("Look again", icon=":material/refresh:")
footer()
