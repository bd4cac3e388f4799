"""Who comes next: owners take turns; among equals, who has waited longest."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence


def fair_order(waiting: Sequence[tuple[int, str]], running: Mapping[str, int]) -> list[int]:
    """Run ids in the order in which they will be claimed.

    ``waiting`` are (run id, owner) pairs, a smaller id has waited longer; ``running`` counts each owner's running
    runs. A run's turn is its owner's running runs plus the owner's runs that wait before it: the owner with fewest
    goes first, and nobody's second run passes somebody's first. The claiming query sorts by the same two keys.
    """
    seen: Counter[str] = Counter()
    turns: list[tuple[int, int]] = []
    for run_id, owner in sorted(waiting):
        turns.append((running.get(owner, 0) + seen[owner], run_id))
        seen[owner] += 1
    return [run_id for _, run_id in sorted(turns)]
