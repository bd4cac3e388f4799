"""Measurements, one module a topic. Never part of the timed tests.

`make bench` runs all; `python -m bench start` runs one. A module offers `run() -> dict`; the result is written to
bench/results/<module>.json together with the machine it was measured on.
"""
