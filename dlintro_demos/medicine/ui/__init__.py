"""What the page of this demo shows."""
