"""Personal data found in plain text: names, numbers, marks."""
