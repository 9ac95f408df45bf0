"""Which message, or none: what is known, what fits, whose turn it is."""
