"""Do the locks hold for every Python and processor we name, with wheels alone? Asks the registry, installs nothing."""

from __future__ import annotations

import sys
import tempfile

from scripts import environment
from scripts.steps import run, say, told

PYTHONS = ("3.11.2", "3.12", "3.13")
PLATFORMS = ("x86_64-manylinux_2_28", "aarch64-manylinux_2_28")


def main() -> None:
    """Raises Failed with uv's words for the first one that does not resolve."""
    locks = [environment.LOCKS / name for name in environment.SETS["dev"]]
    files = [word for lock in locks for word in ("-r", lock)]
    with tempfile.TemporaryDirectory() as nowhere:
        for python in PYTHONS:
            for platform in PLATFORMS:
                run([environment.uv(), "pip", "install", "--no-config", "--dry-run", "--quiet", "--python-version", python,
                     "--python-platform", platform, "--only-binary", ":all:", "--require-hashes", "--target", nowhere, *files],
                    cure=f"The locks do not resolve for Python {python} on {platform}.")  # fmt: skip
                say(f"{python} on {platform}: wheels for everything")


if __name__ == "__main__":
    sys.exit(told(main))
