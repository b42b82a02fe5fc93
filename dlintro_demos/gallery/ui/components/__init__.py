"""Components that more than one page may show, and what all components have in common."""
