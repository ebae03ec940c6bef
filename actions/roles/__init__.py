"""Who holds which role, now and on any past date."""
