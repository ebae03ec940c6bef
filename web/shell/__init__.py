"""Around every page: who may enter, headers, sizes, errors, the frame."""
