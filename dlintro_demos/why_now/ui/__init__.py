"""The page of “Why now?”."""
