"""The demo desk and a demonstration with synthetic people."""
