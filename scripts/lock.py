"""`make lock`: compile requirements/*.in into hash-pinned locks that name no host and no path."""

from __future__ import annotations

import os
import sys

from scripts import environment
from scripts.locks import complaints
from scripts.steps import ROOT, Failed, alone, run, step, told

SETS = ("uv", "app", "embedded", "dev")


def main() -> int:
    """Compile every set; an existing lock is the preference, so only what must change does (UPGRADE=1: everything)."""
    with alone():
        uv = environment.uv()
        for name in SETS:
            compile_set(str(uv), name)
    if found := complaints():
        raise Failed("\n".join(found))
    return 0


def compile_set(uv: str, name: str) -> None:
    """One .in into its .txt. Without --no-header the command line, with its paths, would stand in the file."""
    target = ROOT / "requirements" / f"{name}.txt"
    flags = ["--no-config", "--universal", "--python-version", "3.11", "--generate-hashes", "--no-emit-index-url",
             "--no-emit-find-links", "--no-header", "--no-annotate", "--only-binary", ":all:", "--quiet"]  # fmt: skip
    if os.environ.get("UPGRADE"):
        flags.append("--upgrade")
    # One version of a package in every set: the later sets are held to the earlier ones.
    for earlier in SETS[1 : SETS.index(name)] if name != "uv" else ():
        flags += ["--constraint", str(ROOT / "requirements" / f"{earlier}.txt")]
    with step(f"compiling requirements/{name}.txt"):
        run([uv, "pip", "compile", *flags, target.with_suffix(".in"), "-o", target], environment=_clean())


def _clean() -> dict[str, str]:
    """The user's own index settings, emptied: they must not find their way into a shared file."""
    return {key: "" for key in os.environ if key.startswith(("PIP_INDEX", "PIP_EXTRA", "PIP_FIND", "UV_FIND_LINKS"))}


if __name__ == "__main__":
    sys.exit(told(main))
