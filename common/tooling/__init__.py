"""This folder has what `make` needs beside the chapters: the environment, notebooks, cleaning and help."""
