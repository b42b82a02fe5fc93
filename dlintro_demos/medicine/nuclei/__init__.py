"""Finding and counting nuclei in microscope pictures, by a network and the classical way."""
