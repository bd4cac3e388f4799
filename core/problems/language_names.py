"""How people write the names of languages. They are names, so they are the same in every locale."""

from __future__ import annotations

NAMES = {"python": "Python", "javascript": "JavaScript", "cpp": "C++", "java": "Java"}


def language_name(language: str) -> str:
    """The written name of a language id; the id itself for one we do not know."""
    return NAMES.get(language, language)
