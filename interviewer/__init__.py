"""The door for the people who assess."""

from interviewer.mount import mount

__all__ = ["mount"]
