"""Honest programs in every language on both engines: building, running, limits, files, results."""

import itertools
from dataclasses import replace

import pytest

from sandbox.client import Client, JobRefused
from sandbox.languages import LANGUAGES
from sandbox.protocol import Build, Event, File, Job, JobResult, Limits, Stage, Status, Test

pytestmark = pytest.mark.engine
numbers = itertools.count()
DOUBLE = {
    "python": ("main.py", "print(int(input()) * 2)"),
    "javascript": ("main.js", "console.log(parseInt(require('fs').readFileSync(0, 'utf8')) * 2)"),
    "cpp": ("main.cpp", "#include <iostream>\nint main() { int n; std::cin >> n; std::cout << n * 2 << '\\n'; }"),
    "java": ("Main.java", "public class Main { public static void main(String[] a) throws Exception {"
             " System.out.println(Integer.parseInt(new java.io.BufferedReader(new java.io.InputStreamReader(System.in)).readLine()) * 2); } }"),
}
BROKEN = {"cpp": ("main.cpp", "int main() { return nothing; }"), "java": ("Main.java", "public class Main { nothing }")}
FAILING = {
    "python": ("main.py", "import sys; sys.exit(3)"),
    "javascript": ("main.js", "process.exit(3)"),
    "cpp": ("main.cpp", "int main() { return 3; }"),
    "java": ("Main.java", "public class Main { public static void main(String[] a) { System.exit(3); } }"),
}


def run(client: Client, language: str, program: tuple[str, str], *tests: Test, events: list[Event] | None = None, **more: object) -> JobResult:
    job = Job(f"honest-{next(numbers)}", language, (File(program[0], program[1].encode()),), tests or (Test("t", b"21\n"),))
    return client.run(replace(job, **more), events.append if events is not None else None)  # type: ignore[arg-type]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_program_reads_and_answers(language: str, client: Client) -> None:
    events: list[Event] = []
    result = run(client, language, DOUBLE[language], Test("a", b"21\n"), Test("b", b"-4\n"), events=events)
    assert result.error is None
    assert [(test.id, test.status, test.exit_code, test.stdout) for test in result.tests] == [
        ("a", Status.OK, 0, b"42\n"), ("b", Status.OK, 0, b"-8\n")]
    assert (result.build is not None) == (language in BROKEN)
    assert result.toolchain
    assert result.engine in ("docker", "bubblewrap")
    assert all(0 < test.wall_ms < 10_000 and test.cpu_ms > 0 and test.peak_memory_kb > 500 for test in result.tests)
    check_events(events, built=result.build is not None)


def check_events(events: list[Event], built: bool) -> None:
    """The stages in their order, each test told with its result exactly once; repeated ones (the beat) carry none."""
    stages = [stage for stage, _ in itertools.groupby(event.stage for event in events)]
    wanted = [Stage.QUEUED, Stage.BOX, *([Stage.BUILD] if built else []), Stage.RUNNING]
    # A free slot is taken without a word about the queue.
    assert stages in (wanted, wanted[1:])
    assert [event.result.id for event in events if event.result and event.stage is Stage.RUNNING] == ["a", "b"]
    assert {event.total for event in events if event.stage is Stage.RUNNING} == {2}


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_exit_code_is_a_runtime_error(language: str, client: Client) -> None:
    (test,) = run(client, language, FAILING[language]).tests
    assert (test.status, test.exit_code, test.signal) == (Status.RUNTIME_ERROR, 3, None)


@pytest.mark.parametrize("language", BROKEN)
def test_a_program_that_does_not_compile_has_no_tests(language: str, client: Client) -> None:
    result = run(client, language, BROKEN[language])
    assert result.build is not None
    assert (result.build.status, result.tests, result.error) == (Status.BUILD_ERROR, (), None)
    assert b"nothing" in result.build.stderr + result.build.stdout


def test_tests_do_not_see_each_other(client: Client) -> None:
    program = ("main.py", """
import os
seen = sorted(os.listdir(".")) + sorted(os.listdir("/tmp"))
for path in ("left", "/tmp/left", "main.py"):
    open(path, "w").write("changed")
print(seen)
""")
    result = run(client, "python", program, *(Test(f"t{i}") for i in range(3)))
    assert [test.stdout for test in result.tests] == [b"['main.py']\n"] * 3


def test_files_args_and_environment_arrive(client: Client) -> None:
    program = ("main.py", "import os, sys; print(sys.argv[1:], os.environ['APP_X'], open('data/in.txt').read(), os.access('tool', os.X_OK))")
    test = Test("t", args=("--flag", "ü"), files=(File("data/in.txt", b"hidden"), File("tool", b"", executable=True)))
    result = run(client, "python", program, test, Test("u"), env={"APP_X": "1"})
    assert result.tests[0].stdout.decode() == "['--flag', 'ü'] 1 hidden True\n"
    assert b"FileNotFoundError" in result.tests[1].stderr, "a test's files are gone in the next"


def test_files_come_back_within_their_bound(client: Client) -> None:
    program = ("main.py", """
import os
os.makedirs("out/deep")
for name in ("out/a.xml", "out/deep/b.xml", "c.xml"):
    open(name, "w").write("<x/>")
open("out/big.xml", "w").write("x" * 5000)
""")
    result = run(client, "python", program, Test("t"), collect=("out/*.xml",), collect_bytes=1000)
    (test,) = result.tests
    assert [(file.path, file.content) for file in test.collected] == [("out/a.xml", b"<x/>")]
    assert test.collected_truncated


def test_the_first_failure_can_end_the_job(client: Client) -> None:
    program = ("main.py", "import sys; sys.exit(int(input()))")
    tests = (Test("a", b"0"), Test("b", b"1"), Test("c", b"0"))
    assert len(run(client, "python", program, *tests).tests) == 3
    result = run(client, "python", program, *tests, stop_after_first_failure=True)
    assert [test.status for test in result.tests] == [Status.OK, Status.RUNTIME_ERROR]


def test_each_test_has_its_own_limits(client: Client) -> None:
    program = ("main.py", "import sys, time\nwhat = input()\n"
               "if what == 'sleep': time.sleep(1)\nif what == 'memory': x = b'x' * (100 << 20); time.sleep(0.3)\n"
               "if what == 'output': print('x' * 5000)\nprint('done')")
    tests = (
        Test("slow", b"sleep", limits=Limits(wall_ms=300)), Test("patient", b"sleep", limits=Limits(wall_ms=8000)),
        Test("small", b"memory", limits=Limits(memory_mb=64)), Test("large", b"memory", limits=Limits(memory_mb=256)),
        Test("quiet", b"output", limits=Limits(output_bytes=1000)), Test("loud", b"output", limits=Limits(output_bytes=10_000)),
    )
    result = run(client, "python", program, *tests)
    assert {test.id: test.status.value for test in result.tests} == {
        "slow": "time", "patient": "ok", "small": "memory", "large": "ok", "quiet": "output", "loud": "ok"}
    by_id = {test.id: test for test in result.tests}
    assert by_id["quiet"].stdout == b"x" * 1000
    assert by_id["quiet"].stdout_truncated
    assert not by_id["loud"].stdout_truncated
    assert "300 ms" in by_id["slow"].detail
    assert by_id["large"].peak_memory_kb > 100 * 1024


def test_output_up_to_the_limit_is_whole(client: Client) -> None:
    program = ("main.py", "import sys; sys.stdout.write('y' * 300000); sys.stderr.write('z' * 200000)")
    (test,) = run(client, "python", program, Test("t", limits=Limits(output_bytes=300_000))).tests
    assert (test.status, len(test.stdout), len(test.stderr)) == (Status.OK, 300_000, 200_000)


def test_large_input_arrives(client: Client) -> None:
    program = ("main.py", "import sys, hashlib; print(hashlib.sha256(sys.stdin.buffer.read()).hexdigest())")
    data = bytes(range(256)) * (40 << 10)
    (test,) = run(client, "python", program, Test("t", data)).tests
    import hashlib
    assert test.stdout.decode().strip() == hashlib.sha256(data).hexdigest()


def test_outputs_that_are_too_much_together_are_left_out_and_said(client: Client) -> None:
    program = ("main.py", "import sys; sys.stdout.write('x' * (15 << 20))")
    tests = tuple(Test(f"t{i}", limits=Limits(output_bytes=16 << 20)) for i in range(3))
    result = run(client, "python", program, *tests)
    assert [(test.status.value, len(test.stdout) >> 20) for test in result.tests] == [("ok", 15), ("ok", 15), ("output", 0)]
    assert "left out" in result.tests[2].detail


def test_the_largest_input_fits_beside_the_smallest_memory(client: Client) -> None:
    program = ("main.py", "import sys\nn = 0\nwhile part := sys.stdin.buffer.read(65536): n += len(part)\nprint(n)")
    (test,) = run(client, "python", program, Test("t", bytes(16 << 20), limits=Limits(memory_mb=32))).tests
    assert (test.status, test.stdout) == (Status.OK, b"16777216\n")


def test_a_program_need_not_read_its_input(client: Client) -> None:
    (test,) = run(client, "python", ("main.py", "print(1)"), Test("t", b"x" * 1_000_000)).tests
    assert (test.status, test.stdout) == (Status.OK, b"1\n")


def test_cpu_time_is_measured(client: Client) -> None:
    program = ("main.py", "import time, os\nend = time.process_time() + 0.4\nwhile time.process_time() < end: pass\nif os.fork() == 0:\n"
               "    end = time.process_time() + 0.3\n    while time.process_time() < end: pass\n    os._exit(0)\nos.wait()")
    (test,) = run(client, "python", program).tests
    assert 650 <= test.cpu_ms <= 1100
    assert test.wall_ms >= test.cpu_ms * 0.8


def test_a_build_of_ones_own_and_what_it_made_stays(client: Client) -> None:
    result = run(client, "python", ("main.py", "import made; print(made.X, open('empty/x').read())"), Test("a"), Test("b"),
                 build=Build(("sh", "-c", "echo X=7 > made.py; mkdir -p empty; echo built > empty/x")))
    assert [test.stdout for test in result.tests] == [b"7 built\n\n"] * 2


def test_a_program_that_cannot_be_started_says_why(client: Client) -> None:
    (test,) = run(client, "python", ("main.py", ""), argv=("./missing",)).tests
    assert (test.status, test.exit_code) == (Status.RUNTIME_ERROR, None)
    assert "No such file" in test.detail


@pytest.mark.parametrize(
    ("language", "files", "message"),
    [("cobol", ("main.cob",), "no language 'cobol'; known: python"), ("python", ("a.py", "b.py"), "must hold main.py"),
     ("cpp", ("readme.md",), "at least one .cpp file")],
)
def test_what_cannot_run_is_refused_with_the_reason(language: str, files: tuple[str, ...], message: str, client: Client) -> None:
    with pytest.raises(JobRefused, match=message):
        client.run(Job("refused", language, tuple(File(path, b"") for path in files), (Test("t"),)))


def test_pytest_and_node_test_write_their_results(client: Client) -> None:
    tests = "def test_good(): assert 1\ndef test_bad(): assert 0\n"
    result = run(client, "python", ("test_x.py", tests), argv=("python3", "-m", "pytest", "-q", "--junitxml=r.xml"), collect=("r.xml",))
    assert b'failures="1"' in result.tests[0].collected[0].content
    script = "const test = require('node:test'); test('good', () => {}); test('bad', () => { throw new Error('no'); });"
    result = run(client, "javascript", ("x.test.js", script), argv=("node", "--test"))
    assert b"not ok" in result.tests[0].stdout or "✖".encode() in result.tests[0].stdout


def test_a_job_without_tests_only_builds(client: Client) -> None:
    program = DOUBLE["cpp"]
    result = client.run(Job("only-build", "cpp", (File(program[0], program[1].encode()),), ()))
    assert result.build is not None
    assert (result.build.status, result.tests, result.error) == (Status.OK, (), None)
