"""Project tests out of process: the driver in its own box, the candidate in another, joined by frames alone."""

import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest

from sandbox.client import Client
from sandbox.protocol import Driver, File, Job, JobResult, Limits, Status, Test

pytestmark = pytest.mark.engine
EXAMPLES = Path(__file__).parent / "drivers"


def text(name: str) -> bytes:
    return (EXAMPLES / name).read_bytes()


def job(candidate: bytes, driver: bytes, test: Test | None = None, language: str = "python", main: str = "main.py") -> Job:
    return Job(
        id=f"driven-{abs(hash((candidate, driver)))}", language=language, files=(File(main, candidate),),
        tests=(test or Test("hidden", limits=Limits(wall_ms=15_000, cpu_ms=2_000)),),
        driver=Driver("python", (File("driver.py", driver), File("secret.txt", b"expected 42\n")), ("python3", "driver.py"),
                      collect=("results.xml",)),
    )


def verdicts(result: JobResult) -> dict[str, str]:
    """Case name to "passed" or the failure's message, from the collected JUnit file."""
    assert result.error is None
    (test,) = result.tests
    assert [file.path for file in test.collected] == ["results.xml"], test.stderr.decode()
    root = ElementTree.fromstring(test.collected[0].content)
    return {case.get("name", ""): "passed" if len(case) == 0 else case[0].get("message", "") for case in root.iter("testcase")}


def test_a_driver_talks_with_a_program_over_its_stdin(client: Client) -> None:
    result = client.run(job(text("doubler.py"), text("drive_doubler.py")))
    assert verdicts(result) == {
        "doubles": "passed",
        "a fresh process knows nothing": "passed",
        "kept files come back": "passed",
        "wiped files do not": "passed",
        "exit code": "passed",
        "killed": "passed",
        "time-out": "passed",
        "a wrong answer fails": "AssertionError: 6",
    }
    assert result.tests[0].status is Status.OK


def test_a_driver_talks_http_with_a_service_and_answers_its_calls(client: Client) -> None:
    result = client.run(job(text("service.py"), text("drive_service.py")))
    assert verdicts(result) == {
        "serves": "passed", "calls its provider": "passed", "many at once": "passed", "large bodies": "passed",
        "comes back after a crash with its data": "passed", "a dead service is noticed": "passed",
    }


def test_a_driver_in_python_drives_a_service_in_node(client: Client) -> None:
    result = client.run(job(text("service.js"), text("drive_node.py"), language="javascript", main="main.js"))
    assert verdicts(result) == {"serves": "passed"}


def test_the_candidate_sees_nothing_of_the_driver(client: Client) -> None:
    spy = b"""
import os, sys
found = []
for folder, names, files in os.walk("/"):
    if folder.startswith(("/proc", "/sys", "/usr")):
        names.clear()
        continue
    found += [os.path.join(folder, name) for name in files if "secret" in name or "driver" in name]
print(found, os.listdir("/box"), flush=True)
"""
    driver = b"""
from proofroom_driver import Candidate, Suite
suite, candidate = Suite("s"), Candidate()
with suite.case("blind"):
    line = candidate.start().read_line()
    assert line == b"[] ['main.py']", line
suite.write("results.xml")
"""
    assert verdicts(client.run(job(spy, driver))) == {"blind": "passed"}


def test_a_candidate_that_floods_its_driver_is_ended_and_the_driver_goes_on(client: Client) -> None:
    flood = b"import os\nwhile True: os.write(1, b'x' * 65536)\n"
    driver = b"""
import time
from proofroom_driver import Candidate, Suite
suite, candidate = Suite("s"), Candidate()
with suite.case("flood"):
    candidate.start()
    end = candidate.wait(30)
    assert end["status"] == "output", end
with suite.case("again"):
    candidate.start(argv=["python3", "-c", "print(input())"])
    candidate.write(b"hello\\n")
    assert candidate.read_line() == b"hello"
suite.write("results.xml")
"""
    assert verdicts(client.run(job(flood, driver))) == {"flood": "passed", "again": "passed"}


def test_forged_frames_of_the_candidate_are_only_output(client: Client) -> None:
    forger = b"""
import os, struct
os.write(1, b"X" + struct.pack(">I", 17) + b'{"status": "ok"}\\n')
for fd in range(3, 300):
    try:
        os.write(fd, b"R" + bytes(4))
    except OSError:
        pass
import time
time.sleep(1)
"""
    driver = b"""
from proofroom_driver import Candidate, Suite
suite, candidate = Suite("s"), Candidate()
with suite.case("forged"):
    candidate.start()
    assert b'{"status": "ok"}' in candidate.read_line()
    assert candidate.running
suite.write("results.xml")
"""
    assert verdicts(client.run(job(forger, driver))) == {"forged": "passed"}


@pytest.mark.parametrize(
    ("driver", "status", "detail"),
    [
        (b"import socket\nsocket.socket(fileno=3).sendall(b'Z' * 100)\nimport time; time.sleep(20)", Status.RUNTIME_ERROR, "broke its frames"),
        (b"while True: pass", Status.TIME, "CPU"),
        (b"raise SystemExit(3)", Status.RUNTIME_ERROR, ""),
    ],
    ids=["garbage", "loop", "exit"],
)
def test_a_broken_driver_is_its_own_fault(driver: bytes, status: Status, detail: str, client: Client) -> None:
    broken = job(b"input()", driver)
    broken = Job(broken.id, "python", broken.files, broken.tests, driver=Driver(
        "python", (File("driver.py", driver),), ("python3", "driver.py"), Limits(wall_ms=10_000, cpu_ms=1_000)))
    result = client.run(broken)
    assert result.tests[0].status is status
    assert detail in result.tests[0].detail


def test_each_test_of_the_job_is_one_run_of_the_driver(client: Client) -> None:
    driver = b"""
import sys
from proofroom_driver import Candidate
candidate = Candidate().start(args=sys.argv[1:])
print(candidate.read_all().decode().strip(), open("case.txt").read(), sys.stdin.read())
"""
    both = job(b"import sys; print(sys.argv[1:])", driver)
    tests = tuple(Test(f"t{i}", f"in{i}".encode(), (f"a{i}",), (File("case.txt", f"file{i}".encode()),)) for i in range(2))
    result = client.run(Job(both.id, "python", both.files, tests, driver=both.driver))
    assert [test.stdout for test in result.tests] == [b"['a0'] file0 in0\n", b"['a1'] file1 in1\n"]
