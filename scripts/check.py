"""`make types`, `make lint`, `make format`: run inside `.venv`."""

from __future__ import annotations

import os
import subprocess
import sys

from scripts.browser import Node
from scripts.environment import VENV
from scripts.steps import ROOT, say, told
from scripts.suites import REPORTS, lint_suites, type_suites


def main() -> int:
    """One group of checks; 1 when any failed."""
    if sys.argv[1] == "format":
        ruff = str(VENV / "bin" / "ruff")
        return max(subprocess.call([ruff, *words, "."], cwd=ROOT) for words in (["check", "--fix", "--quiet"], ["format", "--quiet"]))
    REPORTS.mkdir(parents=True, exist_ok=True)
    failed = 0
    for suite in {"types": type_suites, "lint": lint_suites}[sys.argv[1]]():
        result = suite.run({**os.environ, **Node().environment})
        say(f"{suite.name}: {'failed' if result.failed else 'ok'} ({result.seconds:.1f} s)")
        failed += result.failed
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(told(main))
