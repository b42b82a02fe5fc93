"""Deep Learning, Live: the logic of the gallery. No Streamlit here but in `ui`."""
