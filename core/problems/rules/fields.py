"""Typed reading of one YAML mapping: every field bounded, every fault with its line and cure."""

import difflib
import re
from collections.abc import Iterable
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import TypeVar

import yaml

from core.problems.rules.problem import Problems

Word = TypeVar("Word", bound=StrEnum)

_INTEGER = re.compile(r"[+-]?[0-9]{1,12}\Z")
_DECIMAL = re.compile(r"[+-]?[0-9]{1,9}(\.[0-9]{1,15})?([eE][+-]?[0-9]{1,2})?\Z")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_NULL = "tag:yaml.org,2002:null"
_TEXT = "tag:yaml.org,2002:str"


def line_of(node: yaml.Node) -> int:
    """The line, from 1, at which a node starts."""
    mark = node.start_mark
    return mark.line + 1 if mark is not None else 0


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """The cure for a word that is not known: the closest known one, else the list of all."""
    names = sorted(known)
    close = difflib.get_close_matches(word[:80], names, n=1, cutoff=0.6)
    return f"did you mean `{close[0]}`?" if close else f"known are: {', '.join(names)}"


class Fields:
    """The fields of one mapping node. Reading a faulty field gives its default and adds a problem."""

    def __init__(self, path: str, where: str, node: yaml.MappingNode, problems: Problems) -> None:
        self.path = path
        self.where = where
        self.line = line_of(node)
        self._problems = problems
        self._nodes: dict[str, yaml.Node] = {}
        self._lines: dict[str, int] = {}
        for key, value in node.value:
            self._take(key, value)

    def _take(self, key: yaml.Node, value: yaml.Node) -> None:
        if not isinstance(key, yaml.ScalarNode):
            self._problems.add(self.path, line_of(key), f"{self._in()}a key must be a plain word")
            return
        name = key.value[:80]
        if name in self._nodes:
            self._problems.add(self.path, line_of(key), f"{self._in()}`{name}` stands twice; keep one")
            return
        self._nodes[name] = value
        self._lines[name] = line_of(key)

    def _in(self) -> str:
        return f"{self.where}: " if self.where else ""

    def name_of(self, name: str) -> str:
        return f"{self.where}.{name}" if self.where else name

    def allow(self, *known: str) -> None:
        """Adds a problem for each field that is not `known`."""
        for name in self._nodes:
            if name not in known:
                hint = did_you_mean(name, known)
                self._problems.add(
                    self.path, self._lines[name], f"{self._in()}unknown field `{name}`; {hint}"
                )

    def names(self) -> tuple[str, ...]:
        return tuple(self._nodes)

    def has(self, name: str) -> bool:
        return name in self._nodes

    def line_at(self, name: str) -> int:
        """The line of a field's name; that of the whole mapping when the field is absent."""
        return self._lines.get(name, self.line)

    def fault(self, name: str, message: str) -> None:
        self._problems.add(self.path, self.line_at(name), f"`{self.name_of(name)}` {message}")

    def _scalar(self, name: str, required: bool) -> str | None:
        node = self._nodes.get(name)
        if node is None:
            if required:
                self.fault(name, "is missing; add it")
            return None
        if not isinstance(node, yaml.ScalarNode) or node.tag == _NULL:
            self.fault(name, "must be one plain value")
            return None
        return str(node.value)

    def text(
        self,
        name: str,
        *,
        default: str = "",
        required: bool = False,
        longest: int = 200,
        pattern: str = "",
        cure: str = "",
        empty: bool = False,
    ) -> str:
        """A text of at most `longest` characters without control characters, matching `pattern`."""
        value = self._scalar(name, required)
        if value is None:
            return default
        if not value.strip() and not empty:
            self.fault(name, "is empty; write something or remove the field")
        elif len(value) > longest:
            self.fault(name, f"is longer than {longest} characters; shorten it")
        elif _CONTROL.search(value):
            self.fault(name, "holds a control character; remove it")
        elif pattern and not re.fullmatch(pattern, value):
            self.fault(name, f"is {value[:60]!r}; {cure}")
        else:
            return value
        return default

    def integer(
        self, name: str, low: int, high: int, *, default: int | None = None, required: bool = False
    ) -> int | None:
        """A whole number within low..high, both included."""
        value = self._scalar(name, required)
        if value is None:
            return default
        if not _INTEGER.match(value) or not low <= int(value) <= high:
            self.fault(name, f"is {value[:40]!r}; it must be a whole number from {low} to {high}")
            return default
        return int(value)

    def decimal(self, name: str, low: str, high: str, *, default: str = "0", places: int = 15) -> Decimal:
        """A decimal number within low..high with at most `places` decimal places."""
        value = self._scalar(name, required=False)
        if value is None:
            return Decimal(default)
        try:
            number = Decimal(value) if _DECIMAL.match(value) else Decimal("NaN")
        except InvalidOperation:
            number = Decimal("NaN")
        if number.is_nan() or not Decimal(low) <= number <= Decimal(high):
            self.fault(name, f"is {value[:40]!r}; it must be a number from {low} to {high}")
            return Decimal(default)
        if -int(number.as_tuple().exponent) > places:
            self.fault(name, f"is {value[:40]!r}; at most {places} decimal places")
            return Decimal(default)
        return number

    def word(self, name: str, words: type[Word], default: Word, *, required: bool = False) -> Word:
        """One of the words of an enumeration."""
        value = self._scalar(name, required)
        if value is None:
            return default
        known = [item.value for item in words]
        if value not in known:
            self.fault(name, f"is {value[:60]!r}; {did_you_mean(value, known)}")
            return default
        return words(value)

    def texts(
        self, name: str, *, most: int, longest: int = 200, required: bool = False
    ) -> tuple[str, ...] | None:
        """A list of at most `most` texts; None when the field is absent or faulty."""
        node = self._nodes.get(name)
        if node is None:
            if required:
                self.fault(name, "is missing; add a list")
            return None
        if not isinstance(node, yaml.SequenceNode):
            self.fault(name, "must be a list, one value a line after `- `")
            return None
        if len(node.value) > most:
            self.fault(name, f"has more than {most} entries; shorten the list")
            return None
        return tuple(text for item in node.value if (text := self._item(name, item, longest)) is not None)

    def _item(self, name: str, item: yaml.Node, longest: int) -> str | None:
        line = line_of(item)
        if not isinstance(item, yaml.ScalarNode) or item.tag == _NULL or not item.value.strip():
            self._problems.add(self.path, line, f"`{self.name_of(name)}`: each entry must be a text")
            return None
        if len(item.value) > longest or _CONTROL.search(item.value):
            cure = f"at most {longest} characters, no control characters"
            self._problems.add(self.path, line, f"`{self.name_of(name)}`: each entry has {cure}")
            return None
        return str(item.value)

    def is_scalar(self, name: str) -> bool:
        return isinstance(self._nodes.get(name), yaml.ScalarNode)

    def mapping(self, name: str, *, required: bool = False) -> "Fields | None":
        """The mapping under `name`, to be read in turn."""
        node = self._nodes.get(name)
        if node is None:
            if required:
                self.fault(name, "is missing; add it")
            return None
        if not isinstance(node, yaml.MappingNode):
            if isinstance(node, yaml.ScalarNode) and node.tag == _NULL:
                # `python:` alone means "python with every default"; an empty mapping says the same.
                return Fields(self.path, self.name_of(name), _empty(node), self._problems)
            self.fault(name, "must be a mapping of `field: value` lines")
            return None
        return Fields(self.path, self.name_of(name), node, self._problems)

    def items(self, name: str, *, most: int, required: bool = False) -> "tuple[Fields, ...]":
        """The mappings of a list under `name`; a plain text entry reads as `{id: text}`."""
        node = self._nodes.get(name)
        if node is None:
            if required:
                self.fault(name, "is missing; add a list")
            return ()
        if not isinstance(node, yaml.SequenceNode) or len(node.value) > most:
            self.fault(name, f"must be a list of at most {most} entries, each after `- `")
            return ()
        return tuple(fields for n, item in enumerate(node.value) if (fields := self._entry(name, n, item)))

    def _entry(self, name: str, number: int, item: yaml.Node) -> "Fields | None":
        where = f"{self.name_of(name)}[{number + 1}]"
        if isinstance(item, yaml.MappingNode):
            return Fields(self.path, where, item, self._problems)
        if isinstance(item, yaml.ScalarNode) and item.tag != _NULL:
            key = yaml.ScalarNode(_TEXT, "id", item.start_mark, item.end_mark)
            pair = yaml.MappingNode("tag:yaml.org,2002:map", [(key, item)], item.start_mark, item.end_mark)
            return Fields(self.path, where, pair, self._problems)
        self._problems.add(self.path, line_of(item), f"`{where}` must be a mapping of `field: value` lines")
        return None


def _empty(node: yaml.Node) -> yaml.MappingNode:
    return yaml.MappingNode("tag:yaml.org,2002:map", [], node.start_mark, node.end_mark)
