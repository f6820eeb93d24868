"""What a chapter must reach, what it reached, and the verdict."""
