"""Damage of the data is looked for every night and told before somebody needs what is damaged."""
