"""Every hostile program of cases/ on every engine, each followed in the same box by an honest canary."""

import itertools
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import yaml

from sandbox.client import Client
from sandbox.protocol import Build, File, Job, JobResult, Limits, Status, Test, TestResult
from tests.sandbox.conftest import ENGINES

CASES = {path.stem: yaml.safe_load(path.read_text()) for path in sorted((Path(__file__).parent / "cases").glob("*.yaml"))}
MAIN = {"python": "main.py", "javascript": "main.js", "cpp": "main.cpp", "java": "Main.java"}
COMMAND = {
    "python": ("python3", "main.py"), "javascript": ("node", "main.js"), "cpp": ("./main",),
    "java": ("java", "-Xmx64m", "-XX:+UseSerialGC", "-cp", ".", "Main"),
}
LIMITS = {"wall_ms": 4000, "cpu_ms": 3000, "memory_mb": 128, "output_bytes": 65536, "disk_mb": 16, "processes": 24}
BOX_ENDED = "sandbox error: the box ended"
numbers = itertools.count()

# Answers, then tells what an earlier program has left: files, processes, listening sockets.
CANARY = """\
read n
echo $((n * 2))
echo tmp $(ls -A /tmp | wc -l) shm $(ls -A /dev/shm | wc -l)
echo box $(ls -A /box | wc -l)
others=0
for p in /proc/[0-9]*; do case ${p#/proc/} in 1|$$) ;; *) others=$((others + 1)) ;; esac; done
echo others $others
echo listening $(grep -c " 0A " /proc/net/tcp)
cat keep/data.txt
"""


def job_of(name: str, case: dict[str, Any]) -> Job:
    language = case["language"]
    main = case.get("file", MAIN[language])
    extra = tuple(File(path, text.encode()) for path, text in case.get("files", {}).items())
    files = (File(main, case["program"].encode()), File("canary.sh", CANARY.encode()), File("keep/data.txt", b"kept\n"), *extra)
    # Only those that shall run into the clock get a short one: this machine may be busy.
    patience = {} if "time" in case["status"] else {"wall_ms": 20_000}
    limits = Limits(**(LIMITS | patience | case.get("limits", {})))
    build = Build(limits=Limits(**({"wall_ms": 60000, "cpu_ms": 40000, "memory_mb": 512, "disk_mb": 64} | case.get("build_limits", {}))))
    return Job(
        id=f"{name}-{next(numbers)}", language=language, files=files, argv=("/usr/bin/env",),
        build=build if language in ("cpp", "java") else None, collect=tuple(case.get("collect", ())),
        tests=(
            Test("hostile", args=tuple(case.get("argv", COMMAND[language])), limits=limits),
            Test("canary", b"21\n", ("sh", "canary.sh"), limits=Limits(**(LIMITS | {"wall_ms": 20_000}))),
        ),
    )


@pytest.fixture(scope="module")
def results(daemons: dict[str, Client]) -> Iterator[dict[tuple[str, str], "Future[JobResult]"]]:
    """All cases on all engines at once, as many at a time as sandboxd has slots."""
    with ThreadPoolExecutor(max_workers=6) as pool:
        yield {
            (engine, name): pool.submit(daemons[engine].run, job_of(name, case))
            for name, case in CASES.items() for engine in ENGINES
        }


@pytest.mark.engine
@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("name", CASES)
def test_a_hostile_program_gains_nothing(name: str, engine: str, results: dict[tuple[str, str], "Future[JobResult]"]) -> None:
    case = CASES[name]
    result = results[engine, name].result(timeout=240)
    if case.get("may_end_box") and result.error == BOX_ENDED:
        assert all(b"BREACH" not in test.stdout for test in result.tests)
        return  # test_after_all_of_them_an_honest_program_runs has the canary of this box
    assert result.error is None
    if case.get("stage") == "build":
        assert result.build is not None
        check(case, result.build)
        assert result.tests == ()
        return
    hostile, canary = result.tests
    check(case, hostile)
    assert canary.status is Status.OK, canary
    assert canary.stdout.decode().splitlines() == [
        "42", "tmp 0 shm 0", f"box {box_entries(case, result)}", "others 0", "listening 0", "kept",
    ], "the next test found something"


def box_entries(case: dict[str, Any], result: JobResult) -> int:
    """What stands in the box's top folder: the files as sent, and what the build made of them."""
    top = {case.get("file", MAIN[case["language"]]), "canary.sh", "keep", *(path.split("/")[0] for path in case.get("files", {}))}
    return len(top) + (result.build is not None)


def check(case: dict[str, Any], result: TestResult) -> None:
    allowed = case["status"] if isinstance(case["status"], list) else [case["status"]]
    assert result.status in allowed, result
    assert b"BREACH" not in result.stdout + result.stderr, result.stdout
    assert b"root:" not in result.stderr, result.stderr
    if "stdout" in case:
        assert result.stdout.decode() == case["stdout"], result.stderr
    if "stdout_hex" in case:
        assert result.stdout.hex() == case["stdout_hex"]
    if "stderr" in case:
        assert case["stderr"] in result.stderr.decode("utf-8", "replace")
    if "signal" in case:
        assert result.signal == case["signal"]
    if "detail" in case:
        assert case["detail"] in result.detail
    if "collected" in case:
        assert [file.path for file in result.collected] == case["collected"]


@pytest.mark.engine
@pytest.mark.parametrize("engine", ENGINES)
def test_after_all_of_them_an_honest_program_runs(
    engine: str, daemons: dict[str, Client], results: dict[tuple[str, str], "Future[JobResult]"],
) -> None:
    for future in results.values():
        future.result(timeout=240)
    job = Job("honest", "python", (File("main.py", b"print(int(input()) * 2)"),), (Test("t", b"21"),))
    result = daemons[engine].run(job)
    assert (result.error, result.tests[0].status, result.tests[0].stdout) == (None, Status.OK, b"42\n")


def test_there_are_at_least_forty_cases_and_each_says_what_it_does() -> None:
    assert len(CASES) >= 40
    assert all(case["about"].endswith(".") and case["program"].strip() for case in CASES.values())
