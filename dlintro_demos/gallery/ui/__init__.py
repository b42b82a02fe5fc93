"""The only part of the package that knows Streamlit: the frame of a page and the pieces pages share."""
