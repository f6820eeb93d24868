"""The book's programs, one package a chapter."""

import common  # noqa: F401 (from here on, an interrupt leaves no traceback)
