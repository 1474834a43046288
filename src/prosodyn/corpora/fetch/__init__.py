"""Fetch corpora that their owners offer openly, from the official address.

fetch(corpus, destination)   download, go on after an interruption, verify, unpack
reachable(url)               whether a server hands the file out now, within seconds
"""

from prosodyn.corpora.fetch.connection import reachable
from prosodyn.corpora.fetch.corpus import fetch
from prosodyn.corpora.fetch.transfer import Patience, Progress

__all__ = ["Patience", "Progress", "fetch", "reachable"]
