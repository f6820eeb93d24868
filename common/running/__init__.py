"""This folder has what stands around a run: its arguments, its data, its folder and what it leaves there."""
