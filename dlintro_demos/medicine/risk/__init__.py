"""Benign or malignant: thirty measures of cell nuclei, weighed, explained, refused where they are strange."""
