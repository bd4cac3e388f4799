"""The one tree of errors that core raises and the doors translate.

    ProofroomError
    ├── NotFound            absent, or not yours: the two look alike
    ├── NotAllowed          signed in, known, and still not permitted
    ├── Invalid             fields that cannot be accepted, each with its cure
    ├── Conflict            the state moved on; what was typed is kept by the door
    ├── Gone                it existed and is over (closed, withdrawn, expired)
    ├── TooMany             a limit was reached; retry_after_seconds says when to come back
    └── Unavailable         an outside service did not answer; service names it

Every error carries a stable ``code`` and a ``text``: a message id with %(name)s places, marked with ``N_``
and translated only at the door, where the reader's language is known.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field


def N_(text: str) -> str:
    """Mark a message id for extraction without translating it."""
    return text


@dataclass(frozen=True)
class FieldError:
    """What is wrong with one field and how to mend it; ``text`` is a message id with ``params``."""

    text: str
    params: Mapping[str, object] = field(default_factory=dict)


class ProofroomError(Exception):
    """Base of all expected failures. ``code`` is stable and documented; ``text`` % ``params`` is for people."""

    code = "error"
    text = N_("Something could not be done.")

    def __init__(self, text: str | None = None, *, code: str | None = None, **params: object) -> None:
        self.text = text or type(self).text
        self.code = code or type(self).code
        self.params = params
        super().__init__(self.text % params if params else self.text)


class NotFound(ProofroomError):
    code = "not_found"
    text = N_("There is nothing here, or it is not yours to see.")


class NotAllowed(ProofroomError):
    code = "not_allowed"
    text = N_("Your role does not allow this.")


class Invalid(ProofroomError):
    """``fields`` maps a field name to what is wrong with it; the empty name is the form as a whole."""

    code = "invalid"
    text = N_("Some fields need another look.")

    def __init__(
        self,
        fields: Mapping[str, Sequence[FieldError]] | None = None,
        text: str | None = None,
        *,
        code: str | None = None,
        **params: object,
    ) -> None:
        super().__init__(text, code=code, **params)
        self.fields = dict(fields or {})

    @classmethod
    def one(cls, name: str, text: str, **params: object) -> Invalid:
        """The common case: exactly one field is wrong."""
        return cls({name: [FieldError(text, params)]})


class Conflict(ProofroomError):
    code = "conflict"
    text = N_("Somebody else changed this meanwhile. Look at the current state and try again.")


class Gone(ProofroomError):
    code = "gone"
    text = N_("This is over and takes nothing more.")


class TooMany(ProofroomError):
    code = "too_many"
    text = N_("Too many attempts. Try again in %(retry_after_seconds)s seconds.")

    def __init__(self, retry_after_seconds: int, text: str | None = None, *, code: str | None = None) -> None:
        super().__init__(text, code=code, retry_after_seconds=retry_after_seconds)
        self.retry_after_seconds = retry_after_seconds


class Unavailable(ProofroomError):
    code = "unavailable"
    text = N_("%(service)s does not answer right now. Nothing you typed is lost; try again in a moment.")

    def __init__(
        self, service: str, text: str | None = None, *, code: str | None = None, **params: object
    ) -> None:
        super().__init__(text, code=code, service=service, **params)
        self.service = service
