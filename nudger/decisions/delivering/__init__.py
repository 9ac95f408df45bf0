"""What becomes of a nudge: attempts, doubts, first hellos."""
