"""What editors and readers are told about the files."""
