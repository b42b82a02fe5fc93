"""Components of this demo's page."""
