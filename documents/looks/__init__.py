"""Documents as pictures to look at."""
