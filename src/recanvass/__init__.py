"""Recanvass: an open results system for elections."""

__version__ = "0.1.0"
