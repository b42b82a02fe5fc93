"""Components of this demo: HTML, CSS and JavaScript beside the Python that shows them."""
