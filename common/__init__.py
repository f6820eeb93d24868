"""What several chapters need, one idea a file."""
