"""The links of the table: every filter, sort and page is an address that can be sent to a colleague."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from urllib.parse import urlencode

from core.review.rules.table import Ask, Sort, ask_values

# What a first click on a column shows: the best, the newest, or the alphabet from its start.
ASCENDING_FIRST = (Sort.NAME,)


@dataclass(frozen=True)
class Links:
    """Addresses from one Ask on."""

    assessment_uuid: uuid.UUID
    ask: Ask
    next_cursor: str | None = None

    @property
    def base(self) -> str:
        """The table without any question."""
        return f"/team/assessments/{self.assessment_uuid}/submissions"

    @property
    def here(self) -> str:
        """This very page."""
        return self._to(self.base, after=self.ask.after)

    @property
    def next(self) -> str | None:
        """The next page, or None."""
        return None if self.next_cursor is None else self._to(self.base, after=self.next_cursor)

    @property
    def first(self) -> str | None:
        """The first page, or None when this is it."""
        return self._to(self.base, after="") if self.ask.after else None

    @property
    def csv(self) -> str:
        """The whole filter as CSV."""
        return self._to(f"{self.base}.csv", after="")

    def decide(self, verb: str = "decide") -> str:
        """Where decisions go; the question goes along, so that the same rows come back."""
        return self._to(f"/team/assessments/{self.assessment_uuid}/{verb}", after=self.ask.after)

    def with_(self, **changes: object) -> str:
        """The table with parts of the question changed, from its first page."""
        return self._to(self.base, **changes)

    def sort(self, column: str) -> str:
        """The table sorted by a column; the same column again turns the order."""
        sort = Sort(column)
        same = sort is self.ask.sort
        descending = not self.ask.descending if same else sort not in ASCENDING_FIRST
        return self._to(self.base, sort=sort, descending=descending)

    def direction(self, column: str) -> str | None:
        """aria-sort of a column."""
        if Sort(column) is not self.ask.sort:
            return None
        return "descending" if self.ask.descending else "ascending"

    def _to(self, path: str, **changes: object) -> str:
        query = urlencode(ask_values(self.ask, **changes))
        return f"{path}?{query}" if query else path
