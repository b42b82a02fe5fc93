"""The page of the frameworks."""
