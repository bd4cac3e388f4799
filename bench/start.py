"""Cold start (fresh clone, empty caches), warm start, and the memory of the idle tree."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

from runtime.process import descendants_of

ROOT = Path(__file__).resolve().parent.parent
READY = "Ctrl-C stops everything"
IDLE_SECONDS = 15


def run() -> dict[str, Any]:
    """Seconds from `make run` to the usable page; PSS in MB, whole and by part."""
    work = Path(tempfile.mkdtemp(prefix="proofroom-bench-"))
    work.chmod(0o711)
    try:
        clone = work / "clone"
        subprocess.run(["git", "clone", "--quiet", str(ROOT), str(clone)], check=True)
        environment = fresh_environment(work)
        cold = measured(clone, environment)
        warm = [measured(clone, environment, idle=n == 2) for n in range(3)]
        return {
            "cold_start_seconds": cold["seconds"],
            "cold_start_steps_seconds": cold["steps"],
            "warm_start_seconds": sorted(w["seconds"] for w in warm),
            "warm_start_parts_seconds": warm[-1]["parts"],
            "idle_pss_mb": warm[-1]["pss"],
        }
    finally:
        shutil.rmtree(work, ignore_errors=True)


def fresh_environment(work: Path) -> dict[str, str]:
    """Empty caches of pip, uv and npm, and a port of our own."""
    caches = {"UV_CACHE_DIR": "uv", "PIP_CACHE_DIR": "pip", "npm_config_cache": "npm"}
    own = {name: str(work / folder) for name, folder in caches.items()}
    mine = {k: v for k, v in os.environ.items() if not k.startswith("PROOFROOM_") and k not in ("DATABASE_URL", "REDIS_URL")}
    return {**mine, **own, "PROOFROOM_PORT": "8769"}


def measured(clone: Path, environment: dict[str, str], *, idle: bool = False) -> dict[str, Any]:
    """One start and stop."""
    begun = time.monotonic()
    make = subprocess.Popen(["make", "run"], cwd=clone, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                            text=True, start_new_session=True)  # fmt: skip
    lines: list[str] = []
    assert make.stdout
    try:
        for line in make.stdout:
            lines.append(line.rstrip())
            if READY in line:
                break
        else:
            raise RuntimeError("the start failed:\n" + "\n".join(lines))
        seconds = round(time.monotonic() - begun, 2)
        if idle:
            time.sleep(IDLE_SECONDS)
        return {"seconds": seconds, "steps": steps(lines), "parts": parts(lines), "pss": memory(make.pid) if idle else {}}
    finally:
        os.killpg(make.pid, signal.SIGINT)
        make.stdout.read()
        make.wait()


def steps(lines: list[str]) -> dict[str, float]:
    """The long steps of the set-up."""
    found = (re.match(r"setup +\| (.*): done \(([\d.]+) s\)", line) for line in lines)
    return {m[1]: float(m[2]) for m in found if m}


def parts(lines: list[str]) -> dict[str, float]:
    """Each part's way from its start to its readiness."""
    found = (re.match(r"(\S+) +\| (?:ready|done) \(([\d.]+) s\)", line) for line in lines)
    return {m[1]: float(m[2]) for m in found if m}


def memory(top: int) -> dict[str, float]:
    """Proportional set size in MB: what is shared is counted once."""
    sizes: dict[str, float] = {}
    for pid in [top, *descendants_of(top)]:
        try:
            name = part_of(pid)
            rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
        except OSError:
            continue
        found = re.search(r"^Pss: +(\d+) kB", rollup, re.MULTILINE)
        sizes[name] = sizes.get(name, 0.0) + (int(found[1]) / 1024 if found else 0.0)
    return {"total": round(sum(sizes.values()), 1), **{k: round(v, 1) for k, v in sorted(sizes.items())}}


def part_of(pid: int) -> str:
    """The part a process belongs to, by the mark in its environment, else its program's name."""
    entries = Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
    marks = [e.split(b"=", 1)[1].decode() for e in entries if e.startswith(b"PROOFROOM_PART=")]
    return marks[0] if marks else Path(f"/proc/{pid}/comm").read_text().strip().split(":")[0]
