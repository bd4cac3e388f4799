"""`make test`: bring what is missing, run every suite, end in one table and one line."""

from __future__ import annotations

import os
import sys
import time

from scripts import browser, environment, machine
from scripts.steps import Failed, alone, say, told
from scripts.suites import (
    REPORTS,
    Result,
    Suite,
    lint_suites,
    lock_suites,
    other_pythons,
    test_suites,
    type_suites,
)

# The developer's own services and keys must not be what the tests talk to.
FOREIGN = ("DATABASE_URL", "REDIS_URL", "OPENAI_API_KEY", "OPENAI_BASE_URL")


def main() -> int:
    """Exit code 0 only when nothing failed."""
    begun = time.monotonic()
    os.environ["PATH"] = machine.SEARCH
    with alone():
        machine.install_packages()
        environment.prepare("dev")
        machine.ensure_redis()
        browser.install()
        browser.build()
    REPORTS.mkdir(parents=True, exist_ok=True)
    host, no_engine = machine.engine()
    images = machine.ImageBuild(host) if host else None
    results = [run_suite(s, suite_environment(host), {}) for s in (*lock_suites(), *lint_suites(), *type_suites())]
    others, no_python = other_pythons()
    missing = {"browser": machine.browser(), **no_python}
    for suite in (*test_suites(), *others):
        if suite.needs == "engine":
            missing["engine"] = no_engine or images_fault(images)
        results.append(run_suite(suite, suite_environment(host), missing))
    return summary(results, time.monotonic() - begun)


def images_fault(images: machine.ImageBuild | None) -> str:
    """Wait for the images; what went wrong with them, or nothing."""
    try:
        if images:
            images.wait()
    except Failed as failed:
        return str(failed)
    return ""


def run_suite(suite: Suite, env: dict[str, str], missing: dict[str, str]) -> Result:
    """Run a suite, or say why it cannot: a failure where it must be able to."""
    why = missing.get(suite.needs, "")
    if why:
        result = Result(suite.name, missing=why, failed=int(machine.strict() and not suite.optional))
        if result.failed:
            result.failures.append(f"{suite.name}: {why}")
        return result
    say(f"\n── {suite.name} " + "─" * (70 - len(suite.name)))
    result = suite.run(env)
    # Where everything can be brought, a test that skips itself hides something.
    if machine.strict() and suite.needs and result.skipped:
        result.failed += result.skipped
        result.failures += [f"skipped, though everything is here: {s}" for s in result.skips]
        result.skipped = 0
    say(f"{suite.name}: {result.passed} passed, {result.failed} failed, {result.skipped} skipped ({result.seconds:.0f} s)")
    return result


def suite_environment(host: str) -> dict[str, str]:
    """What every suite gets: our environment without foreign services."""
    kept = {k: v for k, v in os.environ.items() if k not in FOREIGN and not k.startswith("PROOFROOM_")}
    kept |= {k: v for k, v in os.environ.items() if k.startswith("PROOFROOM_DOCKER")}
    kept |= {"PATH": browser.Node().path} | ({"DOCKER_HOST": host} if host else {})
    return kept | ({"PROOFROOM_TEST_STRICT": "1"} if machine.strict() else {})


def summary(results: list[Result], seconds: float) -> int:
    """The table, then the plain line."""
    for result in results:
        for failure in result.failures:
            say(f"FAILED   {result.name}: {failure}")
        for skip in result.skips:
            say(f"skipped  {result.name}: {skip}")
    say(f"\n{'suite':<10}{'passed':>8}{'failed':>8}{'skipped':>9}{'seconds':>9}")
    for r in results:
        note = f"   not run: {r.missing.splitlines()[0]}" if r.missing else ""
        say(f"{r.name:<10}{r.passed:>8}{r.failed:>8}{r.skipped:>9}{r.seconds:>9.0f}{note}")
    passed, failed = sum(r.passed for r in results), sum(r.failed for r in results)
    say(f"{'total':<10}{passed:>8}{failed:>8}{sum(r.skipped for r in results):>9}{seconds:>9.0f}\n")
    say(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(told(main))
