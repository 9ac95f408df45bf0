"""`only_if` and `skip_if`."""
