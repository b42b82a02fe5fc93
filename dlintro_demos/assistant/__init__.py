"""A personal assistant that shows its work: what it heard, understood, looked up and answers."""
