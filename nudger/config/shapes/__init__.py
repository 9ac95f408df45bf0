"""What may stand where, and what is said of what may not."""
