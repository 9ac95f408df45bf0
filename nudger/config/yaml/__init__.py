"""YAML, text first: every value stays text, with its place."""
