"""The candidate's live connection: shared documents, reported evidence, rooms of hints. Registered once for every page."""

from portal.live.mount import mount

__all__ = ["mount"]
