"""A file in schedules/: when, for whom, from which messages."""
