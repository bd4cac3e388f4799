"""What the tests need of the machine beyond Python: on Debian as root it is installed and started."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
from pathlib import Path

from scripts.environment import PYTHON
from scripts.steps import ROOT, Failed, run, step

# Program that must be on PATH -> the Debian package that brings it.
PROGRAMS = {
    "chromium": "chromium",
    "dockerd": "docker.io",
    "docker": "docker.io",
    "debootstrap": "debootstrap",
    "iptables": "iptables",
    "bwrap": "bubblewrap",
    "g++": "g++",
    "javac": "default-jdk-headless",
    "node": "nodejs",
    "git": "git",
}
SEARCH = os.environ.get("PATH", "") + ":/usr/sbin:/sbin"


def may_install() -> bool:
    """Root on Debian (or a child of it): everything that is missing can be brought."""
    return os.geteuid() == 0 and Path("/etc/debian_version").exists() and shutil.which("apt-get") is not None


def strict() -> bool:
    """Whether a missing engine, browser or service is a failure instead of a suite that is named as not run."""
    return bool(os.environ.get("CI")) or may_install()


def missing_packages() -> list[str]:
    """Debian packages whose programs are not on this machine."""
    wanted = [package for program, package in PROGRAMS.items() if shutil.which(program, path=SEARCH) is None]
    if not any(Path("/usr/share/fonts/truetype").glob("**/*.ttf")):
        wanted.append("fonts-dejavu-core")  # Chromium without any font draws nothing
    if importlib.util.find_spec("ensurepip") is None:
        wanted.append("python3-venv")
    return sorted(set(wanted))


def install_packages() -> None:
    """One apt call for all that is missing. Does nothing where we may not install."""
    wanted = missing_packages()
    if not wanted or not may_install():
        return
    quiet = {"DEBIAN_FRONTEND": "noninteractive"}
    with step(f"installing with apt: {' '.join(wanted)}"):
        lock = ["-o", "DPkg::Lock::Timeout=300"]
        run(["apt-get", *lock, "update", "-qq"], environment=quiet)
        run(["apt-get", *lock, "install", "-y", "-qq", "--no-install-recommends", *wanted], environment=quiet,
            cure="apt could not install what the tests need.")  # fmt: skip


def ensure_redis() -> None:
    """A redis-server for machines that have neither one nor the wheel's (other processors, Python 3.13)."""
    ask = "import sys; from runtime.redisserver import find_redis_server as find; sys.exit(find() is None)"
    if os.environ.get("REDIS_URL") or subprocess.run([PYTHON, "-c", ask], cwd=ROOT).returncode == 0:
        return
    if not may_install():
        raise Failed("Missing on this machine:\n  - redis-server 6.2 or newer (Debian: apt-get install redis-server), or set REDIS_URL")
    with step("installing redis-server with apt"):
        # The run level keeps Debian from starting it as a service of the machine: we start our own.
        quiet = {"DEBIAN_FRONTEND": "noninteractive", "RUNLEVEL": "1"}
        run(["apt-get", "update", "-qq"], environment=quiet)
        run(["apt-get", "install", "-y", "-qq", "--no-install-recommends", "redis-server"], environment=quiet)


def engine() -> tuple[str, str]:
    """Start a Docker engine if none answers: (DOCKER_HOST, "") or ("", why there is none)."""
    if shutil.which("docker") is None and not may_install():
        return "", "no Docker on this machine"
    with step("looking for a Docker engine, starting one if none answers"):
        done = subprocess.run(["sh", "scripts/engine.sh"], cwd=ROOT, capture_output=True, text=True, timeout=600,
                              stdin=subprocess.DEVNULL)  # fmt: skip
    if done.returncode != 0:
        return "", done.stderr.strip() or f"scripts/engine.sh ended with {done.returncode}"
    return done.stdout.strip(), ""


def browser() -> str:
    """Why there is no Chromium, or nothing."""
    names = ("chromium", "chromium-browser", "google-chrome")
    return "" if any(shutil.which(name) for name in names) else "no Chromium on this machine"


class ImageBuild:
    """The sandbox images, built in the background while the quick suites run; a second time it finds them made."""

    def __init__(self, host: str) -> None:
        self.log = ROOT / ".cache" / "images.log"
        with self.log.open("w") as out:
            self.process = subprocess.Popen(
                [PYTHON, "-m", "scripts.images"], cwd=ROOT, stdin=subprocess.DEVNULL, stdout=out, stderr=out,
                env={**os.environ, "DOCKER_HOST": host})  # fmt: skip

    def wait(self) -> None:
        """Wait for the end. Raises Failed with the end of the build's output."""
        if self.process.poll() is None:
            with step("waiting for the sandbox images"):
                self.process.wait(1800)
        if self.process.returncode != 0:
            tail = self.log.read_text(errors="replace").splitlines()[-25:]
            raise Failed("\n".join(["the sandbox images could not be built:", *tail]))
