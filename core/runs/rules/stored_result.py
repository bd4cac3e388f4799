"""An outcome as bounded JSON. Outputs are hostile: cut, decoded with marks for broken bytes, freed of NUL."""

from __future__ import annotations

from typing import Any

from core.gateways.runner.port import Done, Outcome

OUTPUT_BYTES = 64 * 1024  # of each stream of a single run
TOTAL_OUTPUT_BYTES = 256 * 1024  # of all streams of all tests
DETAIL_LETTERS = 500


def text_of(content: bytes, limit: int) -> str:
    """At most ``limit`` bytes as text that JSONB takes: NUL becomes the replacement sign."""
    return content[:limit].decode("utf-8", "replace").replace("\0", "\ufffd")


def result_json(outcome: Outcome) -> dict[str, Any]:
    """What is kept of an outcome: ``{"build", "tests": [...], "error", "engine", "toolchain", "timings"}``."""
    runs = max(1, len(outcome.tests) + (outcome.build is not None))
    limit = min(OUTPUT_BYTES, TOTAL_OUTPUT_BYTES // (2 * runs))
    return {
        "build": _done(outcome.build, limit) if outcome.build else None,
        "tests": [_done(test, limit) for test in outcome.tests],
        "error": clean(outcome.error) if outcome.error else None,
        "engine": outcome.engine,
        "toolchain": dict(outcome.toolchain),
        "timings": dict(outcome.timings),
    }


def clean(text: str) -> str:
    """A short text that JSONB takes."""
    return text.replace("\0", "\ufffd").encode("utf-8", "replace").decode()[:DETAIL_LETTERS]


def _done(done: Done, limit: int) -> dict[str, Any]:
    return {
        "id": done.id,
        "status": done.status,
        "exit_code": done.exit_code,
        "signal": done.signal,
        "wall_ms": done.wall_ms,
        "cpu_ms": done.cpu_ms,
        "peak_memory_kb": done.peak_memory_kb,
        "stdout": text_of(done.stdout, limit),
        "stderr": text_of(done.stderr, limit),
        "stdout_truncated": done.stdout_truncated or len(done.stdout) > limit,
        "stderr_truncated": done.stderr_truncated or len(done.stderr) > limit,
        "detail": clean(done.detail),
    }
