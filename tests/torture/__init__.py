"""Torture the project for longer than its tests may take: `python -m tests.torture kills`, or `mutations`."""
