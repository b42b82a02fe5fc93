"""Many visitors at once; see `__main__.py`."""
