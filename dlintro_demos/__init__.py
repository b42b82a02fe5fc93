"""Deep Learning, Live: the logic of the gallery. No Streamlit here but in `ui`."""

import os

# Before torch loads: threads that spin while they wait slow other programs on the same cores, and themselves,
# up to twenty times (`python -m bench.faces --only speed`, beside another that uses two threads).
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
