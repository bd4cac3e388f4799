"""The `proofroom` command. To add a subcommand, add a line to COMMANDS.

A command's module offers `run(options) -> int` and, if it takes options, `arguments(parser)`. It is imported only when
its command is called: `up` must start on a machine where nothing but the standard library works.
"""

from __future__ import annotations

import argparse
import importlib
import os
import sys
from pathlib import Path

from runtime.environment import instance_environment
from runtime.errors import CannotStart

CHECKOUT = Path(__file__).resolve().parent

COMMANDS: dict[str, tuple[str, str]] = {
    "up": ("runtime.up", "start everything in the foreground"),
    "migrate": ("server.commands.migrate", "bring the database to the newest schema"),
    "doctor": ("server.commands.doctor", "look at every part, and name the cure of what is wrong"),
    "demo": ("jobs.demo.command", "make the example organisation, or take it away again (--remove)"),
}


def main(argv: list[str]) -> int:
    """Run one subcommand; returns its exit code."""
    parser = argparse.ArgumentParser(prog="proofroom", description="Interviews that show the work.")
    commands = parser.add_subparsers(dest="command", metavar="command")
    for name, (_module, about) in COMMANDS.items():
        # Without this the options of every command would have to be loaded to read those of one.
        commands.add_parser(name, help=about, add_help=False)
    known, rest = parser.parse_known_args(argv)
    if known.command is None:
        parser.print_help()
        return 2
    try:
        return call(known.command, rest)
    except CannotStart as error:
        print(f"proofroom: {error}", file=sys.stderr)
        return 1


def call(name: str, rest: list[str]) -> int:
    """Load the command's module, read its options, run it in the environment of this checkout's instance."""
    module_name, about = COMMANDS[name]
    if name != "up":
        os.environ.update(instance_environment(CHECKOUT))
    module = importlib.import_module(module_name)
    parser = argparse.ArgumentParser(prog=f"proofroom {name}", description=about)
    if hasattr(module, "arguments"):
        module.arguments(parser)
    return int(module.run(parser.parse_args(rest)))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
