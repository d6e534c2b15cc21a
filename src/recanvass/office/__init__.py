"""Offices: seats and how they are allocated, who holds them, and who controls what."""
