"""The contract: what goes out comes back equal, what does not fit is refused by the name of its field."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sandbox.protocol import (
    Build,
    Driver,
    Event,
    File,
    Job,
    JobResult,
    LanguageState,
    Limits,
    ProtocolError,
    Ready,
    Stage,
    State,
    Status,
    Test,
    TestResult,
    Timings,
    from_json,
    to_json,
)

FULL = Job(
    id="run-1",
    language="python",
    files=(File("main.py", b"\x00\xff print()"), File("pkg/a.py", b"", executable=True)),
    tests=(Test("t1", b"3\n", ("--x",), (File("h.py", b"1"),), Limits(wall_ms=1)), Test("t2")),
    build=Build(("make",)),
    argv=("python3", "main.py"),
    env={"TZ": "UTC", "APP_MODE": "x"},
    collect=("out/*.xml",),
    driver=Driver("python", (File("driver.py", b"x"),), ("python3", "driver.py"), collect=("r.xml",)),
)
RESULT = JobResult(
    id="run-1",
    build=TestResult("build", Status.OK, exit_code=0),
    tests=(TestResult("t1", Status.SIGNAL, signal=11, stdout=b"\xff", collected=(File("a", b"b"),)),),
    engine="docker",
    toolchain={"python": "3.11.2"},
    timings=Timings(1, 2, 3, 4),
)
EVENT = Event("run-1", Stage.RUNNING, test=1, total=2, result=RESULT.tests[0])
STATE = State("docker", languages=(LanguageState("python", "Python", Ready.READY, versions={"python": "3"}),))


@pytest.mark.parametrize("value", [FULL, RESULT, EVENT, STATE], ids=lambda v: type(v).__name__)
def test_a_value_survives_the_way_through_json(value: object) -> None:
    assert from_json(type(value), json.loads(json.dumps(to_json(value)))) == value


@given(st.binary(max_size=300), st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=30))
@settings(max_examples=60, deadline=None)
def test_any_bytes_and_any_text_survive(stdin: bytes, arg: str) -> None:
    test = Test("t", stdin, (arg,))
    assert from_json(Test, json.loads(json.dumps(to_json(test)))) == test


@pytest.mark.parametrize(
    "path",
    ["", "/etc/passwd", "../x", "a/../b", "a//b", "a/", ".", "a\0b", "x" * 201, "a/" * 300 + "b", "\udcff"],
)
def test_a_path_that_leaves_the_box_is_refused(path: str) -> None:
    with pytest.raises(ProtocolError, match="^path: "):
        File(path, b"")


def job(**changes: object) -> dict[str, object]:
    raw = to_json(FULL)
    assert isinstance(raw, dict)
    return raw | changes


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (job(id=""), "job.id: must be 1 to 100"),
        (job(id=7), "job.id: must be of type str"),
        (job(extra=1), "job.extra: unknown field"),
        ({k: v for k, v in job().items() if k != "files"}, "job.files: missing"),
        (job(files="x"), "job.files: must be a list"),
        (job(files=[{"path": "a", "content": "%%"}]), r"job.files\[0\].content: must be base64"),
        (job(files=[{"path": "../a", "content": ""}]), r"job.files\[0\].path: must be relative"),
        (job(files=[{"path": "a", "content": ""}] * 2), "job.files: 'a' stands there twice"),
        (job(files=[{"path": "a", "content": ""}, {"path": "a/b", "content": ""}]), "a file and a folder"),
        (job(env={"LD_PRELOAD": "x"}), "job.env.LD_PRELOAD: not allowed"),
        (job(env={"TZ": 1}), "job.env: must be an object of texts"),
        (
            job(tests=[{"id": "t", "limits": {"wall_ms": 0}}]),
            r"job.tests\[0\].limits.wall_ms: must be from 1 to",
        ),
        (job(tests=[{"id": "t", "limits": {"wall_ms": True}}]), "wall_ms: must be of type int"),
        (job(tests=[{"id": "t"}, {"id": "t"}]), "job.tests: 't' stands there twice"),
        (job(tests=[{"id": f"t{i}"} for i in range(501)]), "job.tests: must be at most 500"),
        (job(argv=["a\0"]), "job.argv: must be at most"),
        (job(driver={"language": "python", "files": [], "argv": []}), "job.driver.argv: must not be empty"),
        ([], "job: must be an object"),
    ],
)
def test_what_does_not_fit_is_refused_by_name(raw: object, message: str) -> None:
    with pytest.raises(ProtocolError, match=message):
        from_json(Job, raw)


def test_an_unknown_status_is_refused() -> None:
    with pytest.raises(ProtocolError, match="testresult.status: must be one of ok, wrong"):
        from_json(TestResult, {"id": "t", "status": "fine"})


def test_too_many_bytes_of_files_are_refused() -> None:
    with pytest.raises(ProtocolError, match="files: must be at most 16777216 bytes in all"):
        Job("j", "python", (File("a", b"x" * (16 << 20)), File("b", b"x")), ())
