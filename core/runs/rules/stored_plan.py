"""A plan as JSON without contents: every content is a list of SHA-256 hashes of parts that fit a blob."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from core.gateways.runner.port import Bounds, Files, Plan, PlanDriver, PlanTest

PART_BYTES = 1024 * 1024
Json = dict[str, Any]


def pack_plan(plan: Plan) -> tuple[Json, dict[str, bytes]]:
    """The JSON form and the parts it points to, by hash."""
    parts: dict[str, bytes] = {}
    packed = {
        "language": plan.language,
        "needs": list(plan.languages),
        "entry": plan.entry,
        "files": _pack_files(plan.files, parts),
        "build": _list(plan.build),
        "argv": _list(plan.argv),
        "build_limits": _pack_bounds(plan.build_limits),
        "collect": list(plan.collect),
        "tests": [
            {
                "id": test.id,
                "stdin": _pack(test.stdin, parts),
                "args": list(test.args),
                "limits": _pack_bounds(test.limits),
            }
            for test in plan.tests
        ],
        "driver": _pack_driver(plan.driver, parts),
    }
    return packed, parts


def hashes_of(packed: Json) -> set[str]:
    """Every part that ``unpack_plan`` needs."""
    driver = packed["driver"] or {"files": {}}
    contents = [*packed["files"].values(), *driver["files"].values(), *(t["stdin"] for t in packed["tests"])]
    return {key for content in contents for key in content}


def unpack_plan(packed: Json, parts: Mapping[str, bytes]) -> Plan:
    """The plan again. Raises KeyError when a part is missing."""
    tests = tuple(
        PlanTest(
            test["id"], _unpack(test["stdin"], parts), tuple(test["args"]), _unpack_bounds(test["limits"])
        )
        for test in packed["tests"]
    )
    return Plan(
        language=packed["language"],
        entry=packed["entry"],
        files=_unpack_files(packed["files"], parts),
        tests=tests,
        build=_tuple(packed["build"]),
        argv=_tuple(packed["argv"]),
        build_limits=_unpack_bounds(packed["build_limits"]),
        collect=tuple(packed["collect"]),
        driver=_unpack_driver(packed["driver"], parts),
    )


def _pack(content: bytes, parts: dict[str, bytes]) -> list[str]:
    keys = []
    for start in range(0, len(content), PART_BYTES):
        part = content[start : start + PART_BYTES]
        key = hashlib.sha256(part).hexdigest()
        parts[key] = part
        keys.append(key)
    return keys


def _unpack(keys: list[str], parts: Mapping[str, bytes]) -> bytes:
    return b"".join(parts[key] for key in keys)


def _pack_files(files: Files, parts: dict[str, bytes]) -> Json:
    return {path: _pack(content, parts) for path, content in sorted(files.items())}


def _unpack_files(packed: Json, parts: Mapping[str, bytes]) -> dict[str, bytes]:
    return {path: _unpack(keys, parts) for path, keys in packed.items()}


def _pack_driver(driver: PlanDriver | None, parts: dict[str, bytes]) -> Json | None:
    if driver is None:
        return None
    return {
        "language": driver.language,
        "files": _pack_files(driver.files, parts),
        "argv": list(driver.argv),
        "limits": _pack_bounds(driver.limits),
        "collect": list(driver.collect),
    }


def _unpack_driver(packed: Json | None, parts: Mapping[str, bytes]) -> PlanDriver | None:
    if packed is None:
        return None
    return PlanDriver(
        packed["language"],
        _unpack_files(packed["files"], parts),
        tuple(packed["argv"]),
        _unpack_bounds(packed["limits"]),
        tuple(packed["collect"]),
    )


def _pack_bounds(bounds: Bounds) -> Json:
    return {name: value for name, value in asdict(bounds).items() if value is not None}


def _unpack_bounds(packed: Json) -> Bounds:
    return Bounds(**packed)


def _list(argv: tuple[str, ...] | None) -> list[str] | None:
    return None if argv is None else list(argv)


def _tuple(argv: list[str] | None) -> tuple[str, ...] | None:
    return None if argv is None else tuple(argv)
