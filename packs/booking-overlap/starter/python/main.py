"""Keeps a clinic's rooms free of overlaps: commands on standard input, answers on standard output."""

import sys


def answer(fields: list[str]) -> str:
    """The answer to one command, for example ["BOOK", "a", "north", "2026-03-30T09:00+02:00", …]."""
    raise NotImplementedError


def main() -> None:
    for line in sys.stdin:
        if line.strip():
            print(answer(line.split()))


main()
