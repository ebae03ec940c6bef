"""What the clock does: reminders, end dates, erasure, leases."""
