"""What people read for codes: the one room for words; those of the catalogue have theirs in it."""
