"""The folder `multi` beside this file is a bundle for prosodyn, which finds it by an entry point.

There is nothing to import: `prosodyn.load("multi")` is all. The weights are CC-BY-NC-SA-4.0, not for
commercial use.
"""
