"""This package holds what `make` needs beside the chapters: the environment, notebooks, cleaning and help."""
