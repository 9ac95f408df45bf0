"""CSV: people, and what they let us know."""
