"""Classical learning against deep learning: the same data, more and more of it. No page yet."""
