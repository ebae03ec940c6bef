"""Cards of organisations and of their people, and what they were called on any day."""
