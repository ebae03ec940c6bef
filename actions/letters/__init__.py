"""Letters of a request: to the desk, to employees, and its letters read back."""
