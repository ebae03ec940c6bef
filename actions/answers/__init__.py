"""What the desk says: letters taken in, matched, trusted or not, proposed, applied."""
