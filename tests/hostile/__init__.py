"""Broken and hostile input of every kind, and what each has to end in."""
