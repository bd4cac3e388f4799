"""The agent, the bridge and the launcher: static C programs, compiled once a version with the machine's gcc."""

import hashlib
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

SOURCES = Path(__file__).parent / "agent"
PROGRAMS = {
    "agent": ("main.c", "io.c", "tree.c", "wipe.c", "measure.c", "filter.c", "request.c", "spawn.c", "run.c", "report.c"),
    "bridge": ("bridge.c",),
    "launch": ("launch.c",),
}
FLAGS = ("-static", "-O2", "-Wall", "-Wextra")


class NoCompiler(Exception):
    """This machine has no gcc that can link static programs; the text carries its complaint."""


def build(folder: Path) -> dict[str, Path]:
    """The programs by name, compiled into `folder` unless they are there for these very sources. Raises NoCompiler."""
    paths = _paths(folder)
    if all(path.exists() for path in paths.values()):
        return paths
    gcc = shutil.which("gcc") or shutil.which("cc")
    if gcc is None:
        raise NoCompiler("no C compiler on PATH")
    with tempfile.TemporaryDirectory() as work:
        for name, files in PROGRAMS.items():
            _compile(gcc, Path(work) / name, files)
        return install(folder, {name: (Path(work) / name).read_bytes() for name in PROGRAMS})


def install(folder: Path, programs: dict[str, bytes]) -> dict[str, Path]:
    """Put compiled programs into place, one rename each, so a second installer at the same time does no harm."""
    paths = _paths(folder)
    for name, path in paths.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as out:
            out.write(programs[name])
        os.chmod(out.name, 0o555)  # noqa: S103 (boxes run them as another user)
        os.replace(out.name, path)
    return paths


def sources() -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(SOURCES.glob("*.[ch]"))}


def _paths(folder: Path) -> dict[str, Path]:
    return {name: folder / f"agent-{_digest()}" / name for name in PROGRAMS}


def _compile(gcc: str, out: Path, files: tuple[str, ...]) -> None:
    command = [gcc, *FLAGS, "-s", "-o", str(out), *(str(SOURCES / file) for file in files)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    if done.returncode:
        raise NoCompiler(f"gcc cannot compile the {out.name}: {done.stderr.strip()[-300:]}")


def _digest() -> str:
    digest = hashlib.sha256(" ".join(FLAGS).encode())
    for name, content in sources().items():
        digest.update(name.encode() + content)
    return digest.hexdigest()[:16]
