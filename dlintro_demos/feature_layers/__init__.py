"""Inside an image classifier: what it sees in a picture, layer by layer. No page yet."""
