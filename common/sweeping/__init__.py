"""This folder has what replays many seeds and settings on one machine or many, with Dask's scheduler."""
