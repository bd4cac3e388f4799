"""Limits that hold where a pack says nothing, by language (measured; see docs of the sandbox)."""

from __future__ import annotations

from dataclasses import dataclass, replace

from core.gateways.runner.port import Bounds, Plan


@dataclass(frozen=True, slots=True)
class FullBounds:
    """Limits with every number known."""

    wall_ms: int
    cpu_ms: int
    memory_mb: int
    output_kb: int
    processes: int
    disk_mb: int


_RUN = FullBounds(wall_ms=10_000, cpu_ms=5_000, memory_mb=256, output_kb=256, processes=64, disk_mb=64)
_BUILD = FullBounds(wall_ms=60_000, cpu_ms=40_000, memory_mb=512, output_kb=256, processes=128, disk_mb=128)
_DRIVER = FullBounds(wall_ms=60_000, cpu_ms=30_000, memory_mb=256, output_kb=256, processes=64, disk_mb=64)
_MEMORY = {"java": 512, "cpp": 512}
COMPILED = ("cpp", "java")
OVERHEAD_MS = 10_000  # making the boxes, moving the files


def _over(bounds: Bounds, under: FullBounds) -> FullBounds:
    said = {name: getattr(bounds, name) for name in FullBounds.__slots__}
    return replace(under, **{name: value for name, value in said.items() if value is not None})


def run_bounds(language: str, bounds: Bounds) -> FullBounds:
    """Limits of one run of a program."""
    return _over(bounds, replace(_RUN, memory_mb=_MEMORY.get(language, _RUN.memory_mb)))


def build_bounds(bounds: Bounds) -> FullBounds:
    """Limits of the build."""
    return _over(bounds, _BUILD)


def driver_bounds(language: str, bounds: Bounds) -> FullBounds:
    """Limits of the driver of an out-of-process group."""
    return _over(bounds, replace(_DRIVER, memory_mb=_MEMORY.get(language, _DRIVER.memory_mb)))


def limit_ms(plan: Plan) -> int:
    """The longest a plan may take by its own limits: a build where there is one, then every test in turn."""
    if plan.driver is not None:
        each = [driver_bounds(plan.driver.language, plan.driver.limits).wall_ms] * len(plan.tests)
    else:
        each = [run_bounds(plan.language, test.limits).wall_ms for test in plan.tests]
    builds = plan.build is not None or plan.language in COMPILED
    return OVERHEAD_MS + (build_bounds(plan.build_limits).wall_ms if builds else 0) + sum(each)
