"""`python -m bench [NAME …]`: measure, print, write bench/results/NAME.json."""

from __future__ import annotations

import datetime as dt
import importlib
import json
import os
import platform
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent


def main(names: list[str]) -> int:
    """Run the named measurements, or all."""
    for name in names or sorted(p.stem for p in HERE.glob("*.py") if not p.stem.startswith("_")):
        print(f"bench      | {name} …", flush=True)
        figures = importlib.import_module(f"bench.{name}").run()
        text = json.dumps({"measured": machine(), "figures": figures}, indent=2, default=str)
        (HERE / "results").mkdir(exist_ok=True)
        (HERE / "results" / f"{name}.json").write_text(text + "\n")
        print(json.dumps(figures, indent=2, default=str), flush=True)
    return 0


def machine() -> dict[str, object]:
    """What the figures were measured on: without it they cannot be compared."""
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], cwd=HERE, capture_output=True, text=True).stdout.strip()
    now = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
    return {"at": now, "commit": commit, "cores": os.cpu_count(), "load_1_minute": round(os.getloadavg()[0], 1), "python": platform.python_version(),
            "system": platform.platform(terse=True)}  # fmt: skip


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
