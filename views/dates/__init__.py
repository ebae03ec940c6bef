"""What is due: today, and as a calendar feed."""
