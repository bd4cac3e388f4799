"""A pasted list of people: one or many a line, in the forms that mail programs and spreadsheets give.

Good entries are kept whatever the others look like; every other one is named with its line and the reason.

    a@example.org                       "Doe, Jane" <jane@example.org>
    Jane Doe <jane@example.org>         Jane Doe, jane@example.org    (also ; or tab, also the other way round)
    a@example.org; b@example.org        mailto:a@example.org
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field

from core.assessments.rules.addresses import address_fault, normalise_address
from core.assessments.rules.bounds import NAME
from core.base.errors import N_, FieldError

MAX_ROWS = 2_000
MAX_LINE = 1_000
MAX_TEXT = 600_000
MAX_BAD = 200

_HEADINGS = {
    "name",
    "first name",
    "last name",
    "email",
    "e-mail",
    "mail",
    "address",
    "email address",
    "e-mail address",
}
_ANGLE = re.compile(r"(?P<name>[^<>]*)<\s*(?P<email>[^<>]*)>\s*")
_SPACED = re.compile(r"(?P<name>.*\s)?(?P<email>\S*@\S*)")
_LINE_ENDS = re.compile(r"\r\n|[\r\n\u2028\u2029]")


@dataclass(frozen=True, slots=True)
class Person:
    """A good entry: ``line`` from 1; ``name`` may be empty; ``email`` as typed, ``key`` normalised."""

    line: int
    name: str
    email: str
    key: str


@dataclass(frozen=True, slots=True)
class BadRow:
    """An entry that was not kept, cut to a readable length, and why."""

    line: int
    text: str
    reason: FieldError


@dataclass(frozen=True, slots=True)
class PastedList:
    """What a pasted text holds. ``left_out`` counts bad rows beyond those named."""

    people: tuple[Person, ...]
    bad: tuple[BadRow, ...]
    left_out: int = 0


@dataclass(slots=True)
class _Reader:
    people: dict[str, Person] = field(default_factory=dict)
    bad: list[BadRow] = field(default_factory=list)
    left_out: int = 0

    def refuse(self, line: int, text: str, reason: str, /, **params: object) -> None:
        if len(self.bad) < MAX_BAD:
            self.bad.append(BadRow(line, text[:120], FieldError(reason, params)))
        else:
            self.left_out += 1

    def take(self, line: int, cell: str, name: str, email: str) -> None:
        email = email.strip().removeprefix("mailto:")
        key = normalise_address(email)
        fault = address_fault(email)
        if fault:
            self.refuse(line, cell, fault)
        elif key in self.people:
            text = N_("This address stands already in line %(line)s.")
            self.refuse(line, cell, text, line=self.people[key].line)
        elif len(self.people) >= MAX_ROWS:
            text = N_("Only %(most)s people at a time. Paste the rest after these.")
            self.refuse(line, cell, text, most=MAX_ROWS)
        else:
            self.people[key] = Person(line, _clean(name)[:NAME].strip(), email, key)


def read_people(text: str) -> PastedList:
    """Reads a pasted list; never raises, whatever the text is."""
    reader = _Reader()
    if len(text) > MAX_TEXT:
        reader.refuse(
            1, text[:120], N_("The list is too long. Paste at most %(most)s people."), most=MAX_ROWS
        )
        return PastedList((), tuple(reader.bad))
    for number, line in enumerate(_LINE_ENDS.split(text), 1):
        _read_line(reader, number, _tidy(line))
    return PastedList(tuple(reader.people.values()), tuple(reader.bad), reader.left_out)


def _read_line(reader: _Reader, number: int, line: str) -> None:
    if len(line) > MAX_LINE and line.count("@") <= 1:
        reader.refuse(number, line, N_("This line is too long for one person."))
        return
    names: list[str] = []
    last: tuple[str, str, str] | None = None  # The cell, the name, the address.
    for cell in _cells(line):
        found = _address_in(cell)
        if found is None:
            names.append(_unquote(cell))
            continue
        if last:
            reader.take(number, *last)
        last = (cell, " ".join([*names, found[0]]), found[1])
        names = []
    if last:
        # After the only address of a line stands its name; further columns are none of our business.
        reader.take(number, last[0], last[1].strip() or (names[0] if names else ""), last[2])
    elif names and not {name.casefold() for name in names} <= _HEADINGS:
        reader.refuse(number, line, N_("There is no e-mail address in this line."))


def _address_in(cell: str) -> tuple[str, str] | None:
    """(name, address) of a cell, or None when it holds no address."""
    angle = _ANGLE.fullmatch(cell)
    if angle:
        return _unquote(angle["name"]), angle["email"].strip()
    bare = _unquote(cell)
    if "@" not in bare:
        return None
    spaced = _SPACED.fullmatch(bare)
    if spaced is None:
        return "", bare
    return (spaced["name"] or "").strip(), spaced["email"].strip("<>()[]\"' ")


def _cells(line: str) -> list[str]:
    """The parts between commas, semicolons and tabs, none of which count inside quotes."""
    cells, current, quoted = [], "", False
    for sign in line if line.count('"') % 2 == 0 else line.replace('"', ""):
        if sign == '"':
            quoted = not quoted
        if sign in ",;\t" and not quoted:
            cells.append(current)
            current = ""
        else:
            current += sign
    cells.append(current)
    return [cell.strip() for cell in cells if cell.strip()]


def _unquote(text: str) -> str:
    """Without the quotes of mail programs and spreadsheets; a name in reversed order is left as it is."""
    text = text.strip()
    if len(text) > 1 and text[0] == text[-1] and text[0] in "\"'":
        text = text[1:-1].strip()
    return text.replace('""', '"') if '"' in text else text


def _tidy(line: str) -> str:
    """Spaces of every kind become plain ones; signs that cannot be seen go."""
    kept = []
    for sign in unicodedata.normalize("NFC", line):
        category = unicodedata.category(sign)
        if sign == "\t" or category == "Zs":
            kept.append("\t" if sign == "\t" else " ")
        elif category not in ("Cc", "Cf", "Cs", "Co", "Cn"):
            kept.append(sign)
    return "".join(kept).strip(" \t")


def _clean(name: str) -> str:
    return " ".join(name.replace("<", " ").replace(">", " ").split())
