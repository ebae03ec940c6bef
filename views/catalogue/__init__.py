"""The regulation as it is shown, and what a changed catalogue does."""
