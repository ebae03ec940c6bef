"""Taking a step, and what it owes."""
