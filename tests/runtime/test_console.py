"""What reaches the console and what stays in the logs."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from runtime.console import Console, loud, plain
from runtime.service import Service, everything, how_it_ended


def part(**more: object) -> Service:
    return Service("web", [sys.executable], {}, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "line",
    [
        "2026-11-20 10:44:08 UTC [1] FATAL:  out of memory",
        '{"event": "mail.failed", "level": "warning"}',
        '{"level":"error","event":"x"}',
        "Traceback (most recent call last):",
        "[2026-11-20] [ERROR] Worker failed to boot.",
    ],
)
def test_warnings_and_worse_are_loud(line: str) -> None:
    assert loud(line)


@pytest.mark.parametrize("line", ["LOG:  checkpoint starting", '{"event": "request.served", "level": "info"}', "no errors", ""])
def test_the_rest_is_quiet(line: str) -> None:
    assert not loud(line)


def test_a_structured_line_is_shown_as_text() -> None:
    line = '{"to": "a@b", "event": "mail.failed", "level": "warning", "at": "2026", "exception": "Traceback\\n  x\\nOSError: no"}'
    assert plain(line) == "warning mail.failed to=a@b OSError: no"
    assert plain('{"not": "a log line"}') == '{"not": "a log line"}'
    assert plain("{broken") == "{broken"


def test_a_part_cannot_steer_the_terminal(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    Console(tmp_path).part_said(part(shows=everything), "\x1b]0;owned\x07\x1b[2Jhello\r")
    assert capfd.readouterr().out == "web        | ]0;owned[2Jhello\n"


def test_quiet_lines_go_to_the_log_only(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    Console(tmp_path).part_said(part(shows=loud), "a quiet line")
    assert capfd.readouterr().out == ""
    assert (tmp_path / "web.log").read_text() == "a quiet line\n"
    assert (tmp_path / "web.log").parent.stat().st_mode & 0o777


def test_what_the_supervisor_says_is_in_no_log(tmp_path: Path) -> None:
    Console(tmp_path).say("proofroom", "Set-up token: abcd")
    assert list(tmp_path.iterdir()) == []


def test_a_log_does_not_grow_for_ever(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("runtime.console.LOG_LIMIT_BYTES", 1000)
    console = Console(tmp_path)
    for _ in range(50):
        console.part_said(part(shows=loud), "x" * 99)
    assert sum(p.stat().st_size for p in tmp_path.iterdir()) < 2300


def test_last_words_show_what_was_hidden(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    console, web = Console(tmp_path), part(shows=loud)
    console.part_said(web, "binding to the port")
    console.part_said(web, "ERROR no")
    console.last_words(web)
    out = capfd.readouterr().out
    assert out.count("ERROR no") == 1
    assert "binding to the port" in out


def test_the_wait_between_restarts_doubles_to_a_limit() -> None:
    service, waits = part(), []
    for _ in range(8):
        service.failures += 1
        waits.append(service.delay_seconds)
    assert waits == [0.5, 1, 2, 4, 8, 15, 15, 15]


@pytest.mark.parametrize(("code", "words"), [(3, "exit code 3"), (-9, "killed by SIGKILL"), (-64, "killed by SIGRTMAX")])
def test_how_it_ended(code: int, words: str) -> None:
    assert how_it_ended(code) == words
