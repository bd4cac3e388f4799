"""What the ranked table can be asked: filters, sorts and the page, read strictly from a query string."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from decimal import Decimal, InvalidOperation
from enum import StrEnum

from core.base.errors import N_, FieldError, Invalid

PAGE_SIZES = (25, 50, 100)
CHOICES = ("new", "advance", "maybe", "reject")


class Sort(StrEnum):
    """Columns the table sorts by."""

    FINAL = "final"
    NAME = "name"
    TESTS = "tests"
    TIME = "time"
    SUBMITTED = "submitted"
    DECISION = "decision"


class Status(StrEnum):
    """Where a submission stands on its way to a grade."""

    GRADED = "graded"
    WAITING = "waiting"
    FAILED = "failed"


@dataclass(frozen=True)
class Ask:
    """One request for rows. ``decision`` "" is all; scores are 0-10; ``ended`` true = ended by the clock only."""

    decision: str = ""
    search: str = ""
    status: str = ""
    least: Decimal | None = None
    most: Decimal | None = None
    over_time: bool = False
    ended: bool = False
    sort: Sort = Sort.FINAL
    descending: bool = True
    after: str = ""
    size: int = 50


def read_ask(values: Mapping[str, str]) -> Ask:
    """An Ask from query parameters. Raises Invalid naming the parameter and what it may be."""
    wrong: dict[str, list[FieldError]] = {}
    ask = Ask(
        decision=_one_of("decision", values, ("", *CHOICES), wrong),
        search=values.get("q", "").strip()[:100],
        status=_one_of("status", values, ("", *Status), wrong),
        least=_score("least", values, wrong),
        most=_score("most", values, wrong),
        over_time=values.get("over_time") == "1",
        ended=values.get("ended") == "1",
        sort=Sort(_one_of("sort", values, tuple(Sort), wrong) or Sort.FINAL),
        descending=_one_of("order", values, ("desc", "asc"), wrong) != "asc",
        after=values.get("after", ""),
        size=int(_one_of("size", values, tuple(map(str, PAGE_SIZES)), wrong) or 50),
    )
    if wrong:
        raise Invalid(wrong)
    return ask


def _one_of(
    name: str, values: Mapping[str, str], allowed: tuple[str, ...], wrong: dict[str, list[FieldError]]
) -> str:
    value = values.get(name, "")
    if value and value not in allowed:
        text = N_("This can be one of: %(allowed)s.")
        wrong[name] = [FieldError(text, {"allowed": ", ".join(filter(None, allowed))})]
        return ""
    return value


def _score(name: str, values: Mapping[str, str], wrong: dict[str, list[FieldError]]) -> Decimal | None:
    raw = values.get(name, "").strip().replace(",", ".")
    if not raw:
        return None
    try:
        score = Decimal(raw)
    except InvalidOperation:
        score = Decimal(-1)
    if score.is_nan() or not Decimal(0) <= score <= Decimal(10):
        wrong[name] = [FieldError(N_("A score is a number from 0 to 10."))]
        return None
    return score


def ask_values(ask: Ask, **changes: object) -> dict[str, str]:
    """The query parameters of an Ask, with changes, without defaults; any change but ``after`` starts at page one."""
    if changes and "after" not in changes:
        changes["after"] = ""
    new, plain = replace(ask, **changes), Ask()  # type: ignore[arg-type]
    names = {"search": "q", "descending": "order"}
    found: dict[str, str] = {}
    for item in fields(new):
        value = getattr(new, item.name)
        if value != getattr(plain, item.name):
            found[names.get(item.name, item.name)] = _plain(item.name, value)
    return found


def _plain(name: str, value: object) -> str:
    if name == "descending":
        return "desc" if value else "asc"
    return "1" if value is True else str(value)
