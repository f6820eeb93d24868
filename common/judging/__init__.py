"""This package holds what a chapter must reach, what it reached, and the verdict."""
