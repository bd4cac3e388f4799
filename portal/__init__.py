"""The door for the people being assessed, and for everybody's own account."""

from portal.mount import mount

__all__ = ["mount"]
