"""What is filled in after access."""
