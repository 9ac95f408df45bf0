"""This machine alone: a Maildir and the terminal."""
