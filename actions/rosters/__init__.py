"""Lists of employees, read and judged."""
