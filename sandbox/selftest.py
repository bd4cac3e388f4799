"""Proves a language on the real engine: its versions, and a small program built and run as any job is."""

import re
from collections.abc import Mapping

from sandbox.agentlink import Flags, Link, Run
from sandbox.cancel import Cancel
from sandbox.engines.base import BoxSpec, Engine, EngineError
from sandbox.languages.base import Language
from sandbox.protocol import File, Job, Status, Test
from sandbox.runner import ENV, HELLO_SECONDS, Clock, Worker

_VERSION = re.compile(rb"\d+(?:\.\d+)+")


def versions(engine: Engine, language: Language, cancel: Cancel) -> Mapping[str, str]:
    """What the toolchain says of itself, by name. Raises EngineError, AgentLost, Cancelled."""
    box = engine.open(BoxSpec(language, memory_mb=256 + language.overhead_mb, disk_mb=16, processes=64))
    try:
        link = Link(box.transport, cancel)
        link.begin(())
        link.hello(HELLO_SECONDS)
        return {name: _version(link, argv, language.overhead_mb) for name, argv in language.versions.items()}
    finally:
        box.destroy()


def _version(link: Link, argv: tuple[str, ...], overhead_mb: int) -> str:
    run = Run(Flags.CLEAN, argv, ENV, wall_ms=20_000, cpu_ms=10_000, memory_kb=(256 + overhead_mb) << 10,
              output_bytes=4096, file_mb=1, processes=64)
    report = link.run(run)
    found = _VERSION.search(report.stdout + report.stderr)
    if report.exit_code != 0 or found is None:
        raise EngineError(f"{argv[0]} does not tell its version: {report.stderr[-200:].decode('utf-8', 'replace')}")
    return found.group().decode("ascii")


def passes(engine: Engine, language: Language, cancel: Cancel) -> None:
    """Run the language's own program. Raises EngineError saying what came in place of the right output."""
    test = language.self_test
    files = tuple(File(path, text.encode()) for path, text in test.files.items())
    job = Job(f"self-test-{language.id}", language.id, files, (Test("self-test", test.stdin.encode()),))
    result = Worker(engine, job, lambda _: None, cancel, Clock(), {}).work()
    cancel.check()
    if result.error:
        raise EngineError(f"self-test of {language.name}: {result.error}")
    last = result.tests[-1] if result.tests else result.build
    if last is None or last.status is not Status.OK or last.stdout.decode("utf-8", "replace") != test.stdout:
        seen = (last.stderr or last.stdout)[-200:].decode("utf-8", "replace") if last else ""
        raise EngineError(f"self-test of {language.name} ended {last.status if last else 'without a result'}: {seen}")
