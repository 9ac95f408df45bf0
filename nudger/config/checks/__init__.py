"""What only several files together, or the coming year, can show."""
