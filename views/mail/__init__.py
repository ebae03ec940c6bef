"""Letters as people decide about them."""
