"""Components of this demo alone."""
