"""Strict JSON codec for frozen dataclasses: `encode` a value, `decode` it back or say which field is wrong.

Knows int, str, bool, float, bytes (base64), Enum (its value), tuple[X, ...], dict[str, str], X | None and dataclasses.
Unknown and missing fields, wrong types and broken base64 are refused with the path of the field.
"""

import base64
import binascii
import types
import typing
from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from enum import Enum
from functools import cache
from typing import Any, TypeVar

T = TypeVar("T")
Json = None | bool | int | float | str | list[Any] | dict[str, Any]


class ProtocolError(ValueError):
    """A value does not fit the contract. `str(error)` names the field and what it must be."""


def encode(value: Any) -> Json:
    """A JSON-ready value. Bytes become base64 text, enums their value, dataclasses objects."""
    if isinstance(value, Enum):
        return encode(value.value)
    if isinstance(value, bytes):
        return base64.b64encode(value).decode("ascii")
    if is_dataclass(value):
        return {f.name: encode(getattr(value, f.name)) for f in fields(value)}
    if isinstance(value, tuple | list):
        return [encode(item) for item in value]
    if isinstance(value, Mapping):
        return {str(key): encode(item) for key, item in value.items()}
    if value is None or isinstance(value, bool | int | float | str):
        return value
    raise TypeError(f"cannot encode {type(value).__name__}")


def decode(kind: type[T], raw: Any, path: str = "") -> T:
    """The dataclass `kind` read from `raw`. Raises ProtocolError naming the field."""
    return typing.cast(T, _decode(kind, raw, path or kind.__name__.lower()))


def _decode(kind: Any, raw: Any, path: str) -> Any:
    origin = typing.get_origin(kind)
    if origin in (types.UnionType, typing.Union):
        return _decode_optional(kind, raw, path)
    if origin is tuple:
        return _decode_tuple(typing.get_args(kind)[0], raw, path)
    if origin in (dict, Mapping):
        return _decode_mapping(raw, path)
    if is_dataclass(kind):
        return _decode_object(kind, raw, path)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return _decode_enum(kind, raw, path)
    return _decode_plain(kind, raw, path)


def _decode_optional(kind: Any, raw: Any, path: str) -> Any:
    if raw is None:
        return None
    (inner,) = (arg for arg in typing.get_args(kind) if arg is not type(None))
    return _decode(inner, raw, path)


def _decode_tuple(inner: Any, raw: Any, path: str) -> tuple[Any, ...]:
    if not isinstance(raw, list):
        raise ProtocolError(f"{path}: must be a list")
    return tuple(_decode(inner, item, f"{path}[{i}]") for i, item in enumerate(raw))


def _decode_mapping(raw: Any, path: str) -> dict[str, str]:
    if not isinstance(raw, dict) or not all(isinstance(v, str) for v in raw.values()):
        raise ProtocolError(f"{path}: must be an object of texts")
    return dict(raw)


def _decode_enum(kind: type[Enum], raw: Any, path: str) -> Enum:
    try:
        return kind(raw)
    except ValueError:
        known = ", ".join(str(member.value) for member in kind)
        raise ProtocolError(f"{path}: must be one of {known}") from None


def _decode_plain(kind: Any, raw: Any, path: str) -> Any:
    if kind is bytes:
        return _decode_bytes(raw, path)
    if kind is float and isinstance(raw, int | float) and not isinstance(raw, bool):
        return float(raw)
    # bool is an int in Python; a limit of `true` must not become 1.
    if isinstance(raw, kind) and (kind is bool or not isinstance(raw, bool)):
        return raw
    raise ProtocolError(f"{path}: must be of type {kind.__name__}")


def _decode_bytes(raw: Any, path: str) -> bytes:
    if not isinstance(raw, str):
        raise ProtocolError(f"{path}: must be base64 text")
    try:
        return base64.b64decode(raw, validate=True)
    except (binascii.Error, ValueError):
        raise ProtocolError(f"{path}: must be base64 text") from None


@cache
def _shape(kind: Any) -> tuple[dict[str, Any], frozenset[str]]:
    hints = typing.get_type_hints(kind)
    required = {f.name for f in fields(kind) if f.default is MISSING and f.default_factory is MISSING}
    return {f.name: hints[f.name] for f in fields(kind)}, frozenset(required)


def _decode_object(kind: Any, raw: Any, path: str) -> Any:
    if not isinstance(raw, dict):
        raise ProtocolError(f"{path}: must be an object")
    shape, required = _shape(kind)
    for name in raw.keys() - shape.keys():
        raise ProtocolError(f"{path}.{str(name)[:40]}: unknown field")
    for name in required - raw.keys():
        raise ProtocolError(f"{path}.{name}: missing")
    values = {name: _decode(shape[name], item, f"{path}.{name}") for name, item in raw.items()}
    try:
        return kind(**values)
    except ProtocolError as error:
        raise ProtocolError(f"{path}.{error}") from None
