"""`proofroom doctor`: every part's state, and the cure of what is wrong. Exit code 1 when something failed."""

from __future__ import annotations

import argparse
import json
import logging
import sys

from core.base.clock import utc_now
from core.settings import BadSetting, read_settings
from server.doctor.deployment import Deployment
from server.doctor.examine import examine
from server.doctor.finding import Finding, State, fail, worst

COLOURS = {State.OK: "32", State.WARN: "33", State.FAIL: "31;1"}
WIDTH = 20


def arguments(parser: argparse.ArgumentParser) -> None:
    """The options of `proofroom doctor`."""
    parser.add_argument("--json", action="store_true", help="one JSON object instead of lines")


def run(options: argparse.Namespace) -> int:
    """0 when nothing failed, else 1."""
    logging.disable(logging.ERROR)  # what a check finds stands in its line; libraries need not say it again
    findings = _findings(quiet=options.json)
    if options.json:
        report = {"state": worst(findings).value, "at": utc_now().isoformat(timespec="seconds"),
                  "checks": [finding.json() for finding in findings]}  # fmt: skip
        say(json.dumps(report, indent=2))
    else:
        say(_summary(findings))
    return 1 if worst(findings) is State.FAIL else 0


def _findings(*, quiet: bool) -> list[Finding]:
    def told(finding: Finding) -> None:
        if not quiet:
            say(line_of(finding))

    try:
        deployment = Deployment(read_settings())
    except BadSetting as error:
        finding = fail("settings", str(error), "Correct the setting; docs/settings.md describes each.")
        told(finding)
        return [finding]
    try:
        return examine(deployment, told)
    finally:
        deployment.close()


def line_of(finding: Finding, *, colour: bool | None = None) -> str:
    """One finding as a person reads it; the cure stands on a line of its own."""
    state = f"{finding.state.value:<4}"
    if sys.stdout.isatty() if colour is None else colour:
        state = f"\x1b[{COLOURS[finding.state]}m{state}\x1b[0m"
    found = "".join(letter if letter.isprintable() else " " for letter in finding.found)
    cure = f"\n{'':<{WIDTH + 6}}→ {finding.cure}" if finding.cure else ""
    return f"{state}  {finding.name:<{WIDTH}}{found}{cure}"


def _summary(findings: list[Finding]) -> str:
    counts = {state: sum(finding.state is state for finding in findings) for state in State}
    return f"\n{counts[State.OK]} ok, {counts[State.WARN]} to know, {counts[State.FAIL]} failed"


def say(line: str) -> None:
    """To the console at once: some checks take seconds."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()
