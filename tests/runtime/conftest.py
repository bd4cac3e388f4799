"""Fixtures of the start-up's tests."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from runtime.embedded import temporary_state
from tests.runtime.harness import Tree, trees


@pytest.fixture
def state() -> Iterator[Path]:
    """A state folder that the services' own user can reach."""
    with temporary_state() as folder:
        yield folder


@pytest.fixture
def start() -> Iterator[Callable[..., Tree]]:
    """Starts a Python program as a tree; ends it after the test."""
    yield from trees()
