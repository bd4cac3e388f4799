"""`python3 -m scripts.prepare app|dev|check [COMMAND …]`: make the checkout ready, then become COMMAND.

`check` is `dev` without the browser build: enough to read the code, not to serve it.
"""

from __future__ import annotations

import os
import sys

from scripts import browser, environment, machine
from scripts.steps import ROOT, alone, told


def main() -> None:
    """Prepare, then hand this very process over, so that `make` stays the parent of what runs."""
    kind, *command = sys.argv[1:]
    with alone():
        python = environment.prepare("app" if kind == "app" else "dev")
        browser.install()
        if kind != "check":
            machine.ensure_redis()
            browser.build()
    if command:
        sys.stdout.flush()
        os.chdir(ROOT)
        os.execv(python, [str(python), *command])


if __name__ == "__main__":
    sys.exit(told(main))
