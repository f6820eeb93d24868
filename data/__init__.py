"""This package brings the data: addresses, hashes, downloads and the built-in stand-ins."""
