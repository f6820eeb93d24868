"""Long tests: `python -m tests.torture`. Their short forms are in `make test`."""
