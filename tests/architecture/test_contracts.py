"""Every import contract, proven by a planted fault: a contract that nothing can break protects nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.architecture.tiny import CONTRACTS, ROOT, broken, plant

# (the contracts that must break, {file: its only line})
FAULTS: list[tuple[set[str], dict[str, str]]] = [
    ({"doors"}, {"portal/views.py": "import interviewer"}),
    ({"doors"}, {"interviewer/views.py": "from portal import x"}),
    ({"doors"}, {"jobs/mail.py": "import portal"}),
    ({"doors"}, {"server/app.py": "import portal"}),
    ({"doors"}, {"core/runs/actions.py": "import jobs"}),
    ({"doors"}, {"core/runs/actions.py": "import server"}),
    ({"core-layers"}, {"core/runs/actions.py": "import core.grading"}),
    ({"core-layers"}, {"core/runs/actions.py": "import core.problems"}),  # side by side
    ({"core-layers"}, {"core/settings.py": "import core.base"}),
    ({"core-layers"}, {"core/stray/__init__.py": ""}),  # a feature that the order does not name
    ({"pure-rules"}, {"core/runs/rules.py": "import sqlalchemy.orm"}),
    ({"pure-rules"}, {"core/assessments/rules/clock.py": "from redis import Redis"}),
    # Through another file: a rule that reads models takes rows, not values.
    ({"pure-rules"}, {"core/runs/rules.py": "import core.runs.models", "core/runs/models.py": "import sqlalchemy"}),
    ({"core-no-web"}, {"core/review/queries.py": "from werkzeug.exceptions import NotFound"}),
    ({"jobs-no-web"}, {"jobs/mail.py": "import flask"}),
    ({"jobs-no-web"}, {"jobs/mail.py": "from server import pages"}),
    ({"sandbox-callers"}, {"jobs/runs.py": "import sandbox.client"}),
    ({"sandbox-callers"}, {"portal/views.py": "from sandbox.protocol import Job"}),
    ({"sandbox-callers"}, {"core/runs/actions.py": "import sandbox.protocol"}),
    ({"sandbox-callers"}, {"core/gateways/runner/client.py": "import sandbox.runner"}),
    ({"sandbox-callers"}, {"core/gateways/files.py": "import sandbox.client"}),
    ({"alone", "sandbox-callers"}, {"evidence/header.py": "import sandbox.codec", "sandbox/codec.py": ""}),
    ({"alone"}, {"sandbox/runner.py": "import evidence"}),
    ({"alone"}, {"runtime/up.py": "import evidence"}),
    ({"sandbox-alone"}, {"sandbox/runner.py": "import redis"}),
    ({"sandbox-alone"}, {"runtime/up.py": "import sqlalchemy"}),
    ({"sandbox-alone"}, {"runtime/up.py": "import core.settings"}),
]
# What the contracts must let pass, or they would only forbid everything.
ALLOWED = {
    "core/gateways/runner/client.py": "import sandbox.protocol\nfrom sandbox.client import Client",
    "portal/views.py": "import server\nimport core.review\nimport evidence\nimport flask",
    "jobs/runs.py": "import core.grading\nimport core.gateways.runner.client\nimport rq",
    "core/review/queries.py": "import core.grading\nimport sqlalchemy",
    "core/assessments/rules/clock.py": "import decimal\nimport evidence",
}


def test_the_tree_without_a_fault_keeps_every_contract(tmp_path: Path) -> None:
    assert broken(plant(tmp_path, ALLOWED)) == set()


@pytest.mark.parametrize(
    ("contracts", "faults"), FAULTS, ids=[f"{'+'.join(sorted(c))}-{n}" for n, (c, _) in enumerate(FAULTS)]
)
def test_a_planted_fault_breaks_exactly_its_contract(
    tmp_path: Path, contracts: set[str], faults: dict[str, str]
) -> None:
    assert broken(plant(tmp_path, faults)) == contracts


def test_every_contract_has_a_planted_fault() -> None:
    assert set().union(*(contracts for contracts, _ in FAULTS)) == CONTRACTS.keys()


def test_the_contracts_cover_every_package() -> None:
    """A new top-level package must be named in the contracts, or stand in this list of composition and tools."""
    outside = {"scripts", "tests", "bench", "migrations"}
    found = {path.parent.name for path in ROOT.glob("*/__init__.py")}
    named = {"portal", "interviewer", "jobs", "server", "core", "evidence", "sandbox", "runtime"}
    assert found - outside == named
