"""The sandbox: its engine, each language's self-test, and one honest run of each through the runner gateway."""

from __future__ import annotations

import secrets
import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from core.gateways.runner.client import NO_ANSWER
from core.gateways.runner.port import (
    LanguageReadiness,
    Outcome,
    Plan,
    PlanTest,
    Progress,
    Runner,
    RunnerState,
    RunnerUnavailable,
    RunRefused,
)
from server.doctor.deployment import Deployment
from server.doctor.finding import Finding, fail, ok, warn

RUN_SECONDS = 60.0
SOURCES = "The sandbox's own log (sandboxd.log) says more; `proofroom images` or a restart prepares the language again."


@dataclass(frozen=True)
class Trial:
    """A program that reads a number and prints three times as much and one: nothing that could be known before."""

    path: str
    source: str


TRIALS = {
    "python": Trial("main.py", "print(int(input()) * 3 + 1)\n"),
    "javascript": Trial(
        "main.js", "const n = Number(require('fs').readFileSync(0, 'utf8'));\nconsole.log(n * 3 + 1);\n"
    ),
    "cpp": Trial(
        "main.cpp",
        "#include <iostream>\nint main() { long n; std::cin >> n; std::cout << n * 3 + 1 << '\\n'; }\n",
    ),
    "java": Trial(
        "Main.java",
        "import java.util.Scanner;\npublic class Main {\n    public static void main(String[] a) {\n"
        "        System.out.println(new Scanner(System.in).nextLong() * 3 + 1);\n    }\n}\n",
    ),
}


def sandbox(deployment: Deployment) -> Sequence[Finding]:
    """The engine first; without one the languages are not asked."""
    state = deployment.runner.status()
    engine = _engine(state)
    if state.engine == "off":
        return [engine]
    return [engine, *(_language(deployment.runner, language) for language in state.languages)]


def _engine(state: RunnerState) -> Finding:
    if state.engine == "off":
        start = "Start it (`make run` does, or `python -m sandbox`); sandboxd.log says why it ended."
        cure = start if state.reason == NO_ANSWER else state.cure or "Read sandboxd.log for what it lacks."
        return fail("sandbox", f"code running is off: {state.reason}", cure)
    load = f"{state.busy} of {state.slots} boxes busy, {state.queued} waiting"
    found = f"{state.engine} {state.engine_version}".strip() + f", {load}"
    if not state.ready_languages:
        cure = "Wait while the images are made (pages show how far they are), or read sandboxd.log if nothing moves."
        return fail("sandbox", f"{found}; no language is ready", cure)
    if state.weaknesses:
        cure = "Use Docker on a host of its own, or mend what is named; until then know what this engine does not hold."
        return warn("sandbox", f"{found}; {'; '.join(state.weaknesses)}", cure)
    return ok("sandbox", found)


def _language(runner: Runner, language: LanguageReadiness) -> Finding:
    name = f"language {language.id}"
    if language.state == "preparing":
        return warn(name, f"being prepared, {language.progress} %", "Wait until it is ready, then ask again.")
    if language.state == "missing":
        return warn(
            name,
            f"not there: {language.detail}",
            "Install what is named if people shall work in this language.",
        )
    if language.state != "ready":
        return fail(name, f"{language.state}: {language.detail}", SOURCES)
    versions = (
        ", ".join(f"{tool} {version}" for tool, version in sorted(language.versions.items())) or "ready"
    )
    self_test = f"; self-test {language.self_test}" if language.self_test else ""
    if language.id not in TRIALS:
        return warn(
            name, f"{versions}{self_test}; no trial program for it", "Add one to server/doctor/sandbox.py."
        )
    return _tried(runner, name, TRIALS[language.id], language.id, f"{versions}{self_test}")


def _tried(runner: Runner, name: str, trial: Trial, language: str, about: str) -> Finding:
    number = secrets.randbelow(10**6)
    plan = Plan(
        language,
        trial.path,
        {trial.path: trial.source.encode()},
        (PlanTest("trial", f"{number}\n".encode()),),
    )
    began = time.monotonic()

    def patience(_progress: Progress) -> None:
        if time.monotonic() - began > RUN_SECONDS:
            raise RunnerUnavailable(f"it did not end within {RUN_SECONDS:.0f} s")

    try:
        outcome = runner.run(f"doctor-{uuid.uuid4()}", plan, patience)
    except (RunnerUnavailable, RunRefused) as error:
        return fail(name, f"{about}; a run did not work: {error.reason}", SOURCES)
    wrong = _fault(outcome, f"{number * 3 + 1}\n".encode())
    if wrong:
        return fail(name, f"{about}; an honest program {wrong}", SOURCES)
    return ok(name, f"{about}; an honest run took {(time.monotonic() - began) * 1000:.0f} ms")


def _fault(outcome: Outcome, expected: bytes) -> str:
    """What went wrong with the trial; empty when nothing did."""
    if outcome.error:
        return f"ended as sandbox error: {outcome.error}"
    if outcome.build_failed:
        assert outcome.build is not None
        return f"did not build: {outcome.build.stderr[:200].decode(errors='replace')}"
    [test] = outcome.tests
    if test.status != "ok":
        return f"ended as {test.status}: {test.stderr[:200].decode(errors='replace')}{test.detail}"
    return "" if test.stdout == expected else f"printed {test.stdout[:80]!r} instead of {expected!r}"
