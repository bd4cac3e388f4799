"""Result files of test runs: JUnit XML and TAP, written by code that may be hostile."""

from dataclasses import dataclass

from core.problems.rules.junit import read_junit
from core.problems.rules.kinds import ResultFormat
from core.problems.rules.named import MAX_RESULT_BYTES, NamedResult, ReadResults
from core.problems.rules.tap import read_tap


def read_results(form: ResultFormat, data: bytes) -> ReadResults:
    """The named results of a file. Never raises for bad content: `fault` then says what is wrong."""
    if len(data) > MAX_RESULT_BYTES:
        return ReadResults((), f"The result file is larger than {MAX_RESULT_BYTES // 2**20} MiB.")
    return read_junit(data) if form is ResultFormat.JUNIT else read_tap(data)


@dataclass(frozen=True, slots=True)
class CaseResult:
    """What a result file says about one case."""

    found: bool
    ok: bool
    message: str = ""


def result_for(read: ReadResults, name: str) -> CaseResult:
    """The result called `name`: the whole name or its end (parents left off), else the last part alone.

    Several results of one name count as one that passed only if all did.
    """
    ending = f" > {name}"
    matches = [result for result in read.results if result.name == name or result.name.endswith(ending)]
    if not matches:
        matches = [result for result in read.results if result.short == name]
    if not matches:
        return CaseResult(False, False, "The result file does not name this test.")
    return _worst(matches)


def all_passed(read: ReadResults) -> CaseResult:
    """Whether the file names at least one test and all of them passed."""
    if read.fault or not read.results:
        return CaseResult(False, False, read.fault or "The result file names no test.")
    return _worst(list(read.results))


def _worst(matches: list[NamedResult]) -> CaseResult:
    for result in matches:
        if not result.ok:
            return CaseResult(True, False, result.message)
    return CaseResult(True, True)
