"""Reading lips: a network that reads the sentences of the GRID corpus from a silent mouth."""
