"""Reads an access log from standard input and writes the report of the statement."""

import sys

REASONS = ("long", "binary", "shape", "time", "address", "request", "number")


def parse(line: bytes):
    """Take one line without its line end: accept it, or reject it for the first reason that holds."""
    raise NotImplementedError


def main() -> None:
    log = sys.stdin.buffer.read()  # Bytes: the log may hold anything.
    accepted = 0
    counts = dict.fromkeys(REASONS, 0)

    # TODO: go through the lines of the log.

    print("accepted", accepted)
    print("rejected", sum(counts.values()))
    for reason in REASONS:
        print(reason, counts[reason])
    print("clients", 0)


main()
