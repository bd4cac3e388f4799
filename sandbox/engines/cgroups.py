"""One control group a box for bubblewrap, where this process may make one: v1 (also hybrid) or v2.

A group's limits hold for everything in the box together, and killing it kills everything in it.
"""

import contextlib
import os
import signal
import time
from dataclasses import dataclass
from pathlib import Path

NEEDED = ("memory", "pids")
USEFUL = ("cpuacct", "cpu")
PREFIX = "proofroom-sandbox"


@dataclass(frozen=True)
class Group:
    """The folders of one box: by controller (v1), or one under "" (v2)."""

    folders: dict[str, Path]

    def limit(self, memory_mb: int, processes: int) -> None:
        """Set the limits. Raises OSError."""
        memory = str(memory_mb << 20)
        if "" in self.folders:
            home = self.folders[""]
            _write(home / "memory.max", memory)
            _write_if_there(home / "memory.swap.max", "0")
            _write(home / "pids.max", str(processes))
            _write_if_there(home / "cpu.max", "100000 100000")
            return
        _write(self.folders["memory"] / "memory.limit_in_bytes", memory)
        _write_if_there(self.folders["memory"] / "memory.memsw.limit_in_bytes", memory)
        _write(self.folders["pids"] / "pids.max", str(processes))
        if "cpu" in self.folders:
            _write_if_there(self.folders["cpu"] / "cpu.cfs_quota_us", "100000")

    def binds(self) -> list[tuple[Path, str]]:
        """What the agent reads, as (folder here, place in the box): the layout that containers have."""
        if "" in self.folders:
            return [(self.folders[""], "/sys/fs/cgroup")]
        return [(self.folders[name], f"/sys/fs/cgroup/{name}") for name in ("memory", "cpuacct") if name in self.folders]

    def destroy(self) -> None:
        """Kill what is left and remove the folders. A folder that stays is swept at the next start."""
        for folder in self.folders.values():
            for _ in range(200):
                for pid in _processes(folder):
                    with contextlib.suppress(ProcessLookupError):
                        os.kill(pid, signal.SIGKILL)
                try:
                    folder.rmdir()
                    break
                except FileNotFoundError:
                    break
                except OSError:
                    time.sleep(0.01)


class Cgroups:
    """Makes groups below one folder a controller. `find` answers None where that is not possible."""

    def __init__(self, homes: dict[str, Path]) -> None:
        self.homes = homes
        self.version = "v2" if "" in homes else "v1"

    @classmethod
    def find(cls, instance: str) -> "Cgroups | None":
        name = f"{PREFIX}-{instance}"
        for candidate in (_v1(name), _v2(name)):
            if candidate is None:
                continue
            groups = cls(candidate)
            with contextlib.suppress(OSError):
                probe = groups.make("probe")
                try:
                    probe.limit(64, 16)
                finally:
                    probe.destroy()
                return groups
        return None

    def make(self, box: str) -> Group:
        """A fresh group. Raises OSError."""
        folders = {}
        for controller, home in self.homes.items():
            folders[controller] = home / box
            folders[controller].mkdir()
        return Group(folders)

    def sweep(self) -> int:
        """Kill and remove the groups of an earlier process; how many boxes they were."""
        names = {path.name for home in self.homes.values() for path in home.iterdir() if path.is_dir()}
        for name in names:
            Group({controller: home / name for controller, home in self.homes.items()}).destroy()
        return len(names)

    def close(self) -> None:
        for home in self.homes.values():
            with contextlib.suppress(OSError):
                home.rmdir()


def _v1(name: str) -> dict[str, Path] | None:
    """Below the group this process is in, for each controller; None when a needed one is missing or not ours to divide."""
    mounts = {option: Path(place) for place, kind, options in _mounts() if kind == "cgroup" for option in options}
    own: dict[str, str] = {}
    for line in Path("/proc/self/cgroup").read_text().splitlines():
        _, controllers, path = line.split(":", 2)
        own |= dict.fromkeys(controllers.split(","), path)
    homes = {}
    for controller in (*NEEDED, *USEFUL):
        if controller not in mounts or controller not in own:
            continue
        parent = mounts[controller] / own[controller].lstrip("/")
        home = (parent if parent.is_dir() else mounts[controller]) / name
        with contextlib.suppress(OSError):
            home.mkdir(exist_ok=True)
            homes[controller] = home
    if all(controller in homes for controller in NEEDED):
        return homes
    for home in homes.values():
        with contextlib.suppress(OSError):
            home.rmdir()
    return None


def _v2(name: str) -> dict[str, Path] | None:
    """At the root of the unified hierarchy, the one place where groups may stand beside processes."""
    root = next((Path(place) for place, kind, _ in _mounts() if kind == "cgroup2"), None)
    if root is None:
        return None
    home = root / name
    try:
        controllers = (root / "cgroup.controllers").read_text().split()
        if not all(controller in controllers for controller in NEEDED):
            return None
        enabled = " ".join(f"+{controller}" for controller in (*NEEDED, "cpu") if controller in controllers)
        _write(root / "cgroup.subtree_control", enabled)
        home.mkdir(exist_ok=True)
        _write(home / "cgroup.subtree_control", enabled)
    except OSError:
        return None
    return {"": home}


def _mounts() -> list[tuple[str, str, list[str]]]:
    found = []
    for line in Path("/proc/self/mounts").read_text().splitlines():
        _, place, kind, options, *_ = line.split(" ")
        found.append((place, kind, options.split(",")))
    return found


def _processes(folder: Path) -> list[int]:
    try:
        return [int(line) for line in (folder / "cgroup.procs").read_text().split() if line != "0"]
    except OSError:
        return []


def _write(path: Path, value: str) -> None:
    with path.open("w") as file:
        file.write(value)


def _write_if_there(path: Path, value: str) -> None:
    # Swap accounting and CPU bandwidth are options of the kernel; a box without them is still bounded.
    with contextlib.suppress(OSError):
        if path.exists():
            _write(path, value)
