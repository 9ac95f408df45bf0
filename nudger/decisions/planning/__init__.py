"""Which slots fall due, and when."""
