"""Read file formats: bytes in, arrays out, and nothing in a file is run."""
