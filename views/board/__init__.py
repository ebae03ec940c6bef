"""The board and the list: which requests, in which order, whose turn."""
