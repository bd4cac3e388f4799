"""The doctor on sandbox, mail, model, machine and address, and as a command; each failure names its cure."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from runtime.embedded import temporary_state
from server.commands.doctor import line_of
from server.doctor import address, machine, sandbox, services
from server.doctor.deployment import Deployment
from server.doctor.examine import CHECKS, examine
from server.doctor.finding import Finding, State, fail
from tests.core.notifications.smtp_server import smtp_server
from tests.jobs.conftest import _sandboxd, sandboxd  # noqa: F401 - fixtures
from tests.server.doctors import answering, closed_port, one, with_settings

ROOT = Path(__file__).resolve().parents[2]


# --- sandbox ------------------------------------------------------------------------------------------------------


def test_no_sandbox(deployment):
    found = one(sandbox.sandbox(deployment))
    assert (found.state, found.name) == (State.FAIL, "sandbox")
    assert "code running is off" in found.found
    assert "sandboxd.log" in found.cure


@pytest.mark.engine
def test_every_ready_language_does_an_honest_run(deployment, sandboxd):  # noqa: F811
    well = with_settings(deployment, sandbox_socket=str(sandboxd.socket))
    engine, *languages = sandbox.sandbox(well)
    assert engine.state is not State.FAIL
    ready = set(well.runner.status().ready_languages)
    assert "python" in ready
    worked = {f.name.removeprefix("language ") for f in languages if "an honest run took" in f.found}
    assert worked == ready
    assert all(finding.state is not State.FAIL for finding in languages)


@pytest.mark.engine
def test_a_language_that_answers_wrong_is_found_out(deployment, sandboxd, monkeypatch):  # noqa: F811
    well = with_settings(deployment, sandbox_socket=str(sandboxd.socket))
    monkeypatch.setitem(sandbox.TRIALS, "python", sandbox.Trial("main.py", "print(4)\n"))
    monkeypatch.setitem(sandbox.TRIALS, "javascript", sandbox.Trial("main.js", "process.exit(3)\n"))
    found = {f.name: f for f in sandbox.sandbox(well)}
    assert found["language python"].state is State.FAIL
    assert "printed b'4\\n' instead of" in found["language python"].found
    if "javascript" in well.runner.status().ready_languages:
        assert "runtime_error" in found["language javascript"].found


# --- mail and model -----------------------------------------------------------------------------------------------


def test_no_mail_server_is_said_honestly(deployment):
    found = one(services_mail(deployment))
    assert (found.state, "kept in the outbox" in found.found) == (State.WARN, True)


def services_mail(deployment: Deployment):
    return services.mail(deployment)


def test_a_mail_server_says_hello(deployment):
    with smtp_server() as post:
        found = one(services_mail(with_settings(deployment, smtp_url=f"smtp://127.0.0.1:{post.port}")))
    assert (found.state, found.found) == (State.OK, f"127.0.0.1:{post.port} (none) says: test.example")
    assert post.letters == []


def test_a_wrong_mail_password_and_a_closed_port(deployment):
    with smtp_server(needs_password=True) as post:
        url = f"smtp://proofroom:wrong@127.0.0.1:{post.port}"
        refused = one(services_mail(with_settings(deployment, smtp_url=url)))
    assert (refused.state, "535" in refused.found) == (State.FAIL, True)
    closed = one(services_mail(with_settings(deployment, smtp_url=f"smtp://127.0.0.1:{closed_port()}")))
    assert (closed.state, "could not be reached" in closed.found) == (State.FAIL, True)
    assert "PROOFROOM_SMTP_URL" in closed.cure


def test_the_model_endpoint(deployment, monkeypatch):
    none = one(services.model(deployment))
    assert (none.state, "no model endpoint" in none.found) == (State.OK, True)
    with answering(200, json.dumps({"data": [{"id": "small"}, {"id": "large"}]})) as url:
        good = one(services.model(with_settings(deployment, openai_base_url=url)))
        assert (good.state, good.found) == (State.OK, f"{url} offers 2 models")
    with answering(401, "no") as url:
        refused = one(services.model(with_settings(deployment, openai_base_url=url, openai_api_key="sk-secret")))
        assert (refused.state, "refused the key" in refused.found) == (State.FAIL, True)
        assert "sk-secret" not in refused.found + refused.cure
    monkeypatch.setattr(services, "TIMEOUT_SECONDS", 0.3)
    with answering(200, "{}", stall_seconds=20) as url:
        slow = one(services.model(with_settings(deployment, openai_base_url=url)))
        assert (slow.state, "0.3 seconds" in slow.found) == (State.FAIL, True)


# --- machine and address ------------------------------------------------------------------------------------------


def test_interpreters():
    assert [machine.interpreter_finding(v, "").state.value for v in ((3, 10), (3, 11), (3, 13), (3, 14))] == [
        "fail", "ok", "ok", "warn",
    ]  # fmt: skip


def test_disks(deployment, tmp_path):
    assert one(machine.state_disk(deployment)).state is not State.FAIL
    assert str(tmp_path) in one(machine.state_disk(deployment)).found
    gone = with_settings(deployment, state_dir=tmp_path / "gone")
    assert one(machine.state_disk(gone)).state is State.FAIL
    assert "GB free at" in one(machine.database_disk(deployment)).found
    states = [machine.space_finding("disk", tmp_path, free).state for free in (10**8, 10**9, 10**11)]
    assert states == [State.FAIL, State.WARN, State.OK]


WELL = json.dumps({"status": "ok", "database": "ok", "redis": "ok"})


def test_the_public_address_answers(deployment):
    with answering(200, WELL) as url:
        assert one(address.public_url(with_settings(deployment, public_url=url))).state is State.OK


def test_a_public_address_that_nobody_or_somebody_else_answers(deployment):
    nobody = one(address.public_url(deployment))
    assert (nobody.state, "refused" in nobody.found) == (State.FAIL, True)
    with answering(200, "<h1>Welcome to nginx</h1>") as url:
        other = one(address.public_url(with_settings(deployment, public_url=url)))
        assert "something else than Proofroom" in other.found
    down = json.dumps({"status": "degraded", "database": "ok", "redis": "unreachable"})
    with answering(503, down) as url:
        degraded = one(address.public_url(with_settings(deployment, public_url=url)))
        assert (degraded.state, "does not reach redis" in degraded.found) == (State.FAIL, True)
    assert one(address.public_url(with_settings(deployment, public_url="http://"))).state is State.FAIL


def test_an_address_that_is_only_reachable_from_outside(deployment):
    """A name that does not resolve here, as behind a router: the web part itself is asked."""
    with answering(200, WELL) as url:
        port = int(url.rpartition(":")[2])
        outside = with_settings(deployment, public_url="https://interviews.invalid", port=port)
        found = one(address.public_url(outside))
    assert (found.state, f"127.0.0.1:{port} answers" in found.found) == (State.WARN, True)


def test_plain_http_on_a_real_name_is_advised_against(deployment):
    host = socket.gethostname()
    with answering(200, WELL) as url:
        port = url.rpartition(":")[2]
        if socket.gethostbyname("localhost") != "127.0.0.1" or address.is_local(host):
            pytest.skip("this machine has no name of its own")
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(socket, "getaddrinfo", _resolving("interviews.example", socket.getaddrinfo))
            found = one(address.public_url(with_settings(deployment, public_url=f"http://interviews.example:{port}")))
    assert (found.state, "in the clear" in found.found, "TLS" in found.cure) == (State.WARN, True, True)


def _resolving(name, real):
    """The machine's resolver, with one more name for this machine."""
    return lambda host, *rest, **more: real("127.0.0.1" if host == name else host, *rest, **more)


@pytest.mark.parametrize(("host", "local"), [("localhost", True), ("127.0.0.1", True), ("::1", True), ("10.0.0.1", False)])
def test_local_names(host, local):
    assert address.is_local(host) is local


# --- the whole ----------------------------------------------------------------------------------------------------


def test_what_stands_on_broken_ground_is_not_asked(deployment):
    nothing = with_settings(
        deployment, database_url=f"postgresql+psycopg://x@127.0.0.1:{closed_port()}/x",
        redis_url=f"redis://127.0.0.1:{closed_port()}",
    )  # fmt: skip
    told: list[Finding] = []
    found = {finding.name: finding for finding in examine(nothing, told.append)}
    nothing.close()
    assert list(found.values()) == told
    assert set(found) == {check.name for check in CHECKS}
    failed = {name for name, finding in found.items() if finding.state is State.FAIL}
    assert failed == {"database", "redis", "sandbox", "public url"}
    assert found["timetable"] == Finding(
        "timetable", State.WARN, "not known: database failed", "Mend database first, then ask again."
    )
    assert found["queues"].found == "not known: redis failed"


def test_a_check_that_breaks_is_a_finding_and_the_rest_goes_on(deployment, monkeypatch):
    def broken(_deployment: Deployment) -> list[Finding]:
        raise KeyError("surprise")

    monkeypatch.setattr("server.doctor.examine.CHECKS", (replace(CHECKS[0], look=broken), CHECKS[1]))
    first, second = examine(deployment)
    assert (first.state, "KeyError" in first.found, second.state) == (State.FAIL, True, State.OK)


def test_a_line_cannot_steer_the_terminal():
    line = line_of(fail("mail", "mail.example says: \x1b[2Jhello\x07", "Mend it."), colour=False)
    assert "\x1b" not in line
    assert line.splitlines()[1].strip() == "→ Mend it."


def doctor(environment: dict[str, str], *options: str) -> subprocess.CompletedProcess[str]:
    clean = {k: v for k, v in os.environ.items() if not k.startswith("PROOFROOM_") and not k.endswith("_URL")}
    argv = [sys.executable, str(ROOT / "cli.py"), "doctor", *options]
    return subprocess.run(argv, env={**clean, **environment}, capture_output=True, text=True, timeout=120)


def test_the_command_when_nothing_runs():
    with temporary_state() as state:
        environment = {"PROOFROOM_STATE_DIR": str(state), "PROOFROOM_PORT": str(closed_port())}
        done = doctor(environment, "--json")
        report = json.loads(done.stdout)
        lines = doctor(environment)
    assert (done.returncode, report["state"]) == (1, "fail")
    assert {check["name"] for check in report["checks"] if check["state"] == "fail"} == {
        "database", "redis", "sandbox", "public url",
    }  # fmt: skip
    assert all(check["cure"] for check in report["checks"] if check["state"] != "ok")
    assert lines.returncode == 1
    assert "fail  database" in lines.stdout


def test_the_command_with_a_bad_setting():
    with temporary_state() as state:
        done = doctor({"PROOFROOM_STATE_DIR": str(state), "REDIS_URL": "http://wrong"}, "--json")
    [check] = json.loads(done.stdout)["checks"]
    assert (done.returncode, check["name"], "REDIS_URL" in check["found"]) == (1, "settings", True)
