"""Subcommands of `proofroom` that work on the application. cli.py lists them; each module offers `run(options) -> int`."""
