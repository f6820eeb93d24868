"""This package brings the data: addresses, hashes, downloads and the built-in stand-ins."""

import common  # noqa: F401 (from here on, an interrupt leaves no traceback)
