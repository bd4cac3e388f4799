"""The one error of the start-up code."""

from __future__ import annotations


class CannotStart(Exception):
    """Something the start needs is missing or broken. The text is for the console and names the cure."""
