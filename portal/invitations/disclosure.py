"""The disclosure in the reader's language (core/assessments/rules/disclosure.py says what it holds)."""

from __future__ import annotations

from core.assessments.rules.disclosure import Disclosure, disclosure_in
from server.i18n import _


def disclosure_of(manifest: object) -> Disclosure:
    """What is recorded under a stored manifest value, in the reader's language."""
    return disclosure_in(manifest, _)
