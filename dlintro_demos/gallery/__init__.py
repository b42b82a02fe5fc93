"""What every demo stands on; knows no demo by name but for the list in `catalogue.py`."""
