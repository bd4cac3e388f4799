"""Long steps with a progress line, and files that say a step is done. Standard library only: runs before anything is
installed."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


class Failed(Exception):
    """A step that did not work. The text is for the console and names the cure where we know one."""


def say(text: str) -> None:
    """One line on the console, at once."""
    print(text, flush=True)


@contextlib.contextmanager
def step(text: str) -> Iterator[None]:
    """Announce a long step, and its duration when it is done."""
    begun = time.monotonic()
    say(f"setup      | {text} …")
    yield
    say(f"setup      | {text}: done ({time.monotonic() - begun:.1f} s)")


def run(argv: Iterable[object], *, environment: Mapping[str, str] | None = None, cure: str = "", seconds: float = 1800) -> str:
    """Run a program quietly in the checkout; its output. Raises Failed with the end of that output and the cure."""
    words = [str(a) for a in argv]
    try:
        done = subprocess.run(
            words, cwd=ROOT, env={**os.environ, **(environment or {})}, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace", timeout=seconds)  # fmt: skip
    except (OSError, subprocess.TimeoutExpired) as error:
        raise Failed(f"{Path(words[0]).name}: {error}\n{cure}".strip()) from None
    if done.returncode != 0:
        lines = done.stdout.strip().splitlines()
        if len(lines) > 30:  # npm says what is wrong first, most others last
            lines[15:-15] = ["…"]
        raise Failed("\n".join([f"{Path(words[0]).name} ended with {done.returncode}:", *lines, cure]).strip())
    return done.stdout


def digest(paths: Iterable[Path], *more: str) -> str:
    """A hash over the names and bytes of files (folders: all files below) and some texts."""
    sha = hashlib.sha256("\0".join(more).encode())
    for path in sorted(set(_files(paths))):
        sha.update(f"\0{path.relative_to(ROOT)}\0".encode())
        sha.update(hashlib.sha256(path.read_bytes()).digest())
    return sha.hexdigest()


def _files(paths: Iterable[Path]) -> Iterator[Path]:
    for path in paths:
        if path.is_dir():
            yield from (p for p in path.rglob("*") if p.is_file() and "__pycache__" not in p.parts)
        elif path.is_file():
            yield path


def is_done(stamp: Path, key: str) -> bool:
    """Whether the stamp says that the step was done for this key."""
    try:
        return stamp.read_text().strip() == key
    except OSError:
        return False


def mark_done(stamp: Path, key: str) -> None:
    """Write the stamp; the last act of a step."""
    stamp.parent.mkdir(parents=True, exist_ok=True)
    stamp.write_text(key + "\n")


@contextlib.contextmanager
def alone() -> Iterator[None]:
    """Hold the checkout's set-up lock: two commands at once must not write the same environment."""
    path = ROOT / ".cache" / "setup.lock"
    path.parent.mkdir(exist_ok=True)
    with path.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("setup      | waiting for another set-up of this checkout …")
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def told(main: Callable[[], int | None]) -> int:
    """Run a main function; a failed step becomes a message and exit code 1. SIGTERM ends it like Ctrl-C."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        return int(main() or 0)
    except Failed as failed:
        print(f"\n{failed}", file=sys.stderr, flush=True)
        return 1
    except KeyboardInterrupt:
        return 130
