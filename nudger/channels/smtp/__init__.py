"""Email over SMTP submission."""
