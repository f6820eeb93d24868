"""Where the data comes from: addresses, hashes and the built-in stand-ins."""
