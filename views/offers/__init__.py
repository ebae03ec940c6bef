"""What may be asked for: kinds, and what they ask of each person."""
