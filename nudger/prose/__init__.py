"""Floor 3: sentences for people, made from values."""
