"""A decision point, from a slot to a nudge, and again from the record."""
