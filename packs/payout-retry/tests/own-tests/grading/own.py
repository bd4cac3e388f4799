"""Runs the candidate's own tests against a sound service and against services with one known bug each.

own.py <results.tap>: a bug is caught when the tests pass on the sound service and fail on that one.
"""

import json
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path.cwd()
SEEDED = Path(__file__).parent / "seeded"
SECONDS = 20


def run(bug):
    """"" when the candidate's tests pass, else why they do not."""
    with tempfile.TemporaryDirectory() as place:
        shutil.copytree(SEEDED / "sound", Path(place, "payouts"))
        if bug:
            shutil.copytree(SEEDED / bug, Path(place, "payouts"), dirs_exist_ok=True)
        shutil.copytree(ROOT / "tests" / "own", Path(place, "tests", "own"))
        Path(place, "tests", "__init__.py").touch()
        Path(place, "tests", "own", "__init__.py").touch()
        argv = [sys.executable, "-m", "unittest", "discover", "-t", ".", "-s", "tests/own"]
        try:
            ended = subprocess.run(argv, cwd=place, capture_output=True, text=True, timeout=SECONDS)
        except subprocess.TimeoutExpired:
            return f"they did not end within {SECONDS} seconds"
    told = ended.stderr[-2000:]
    ran = re.search(r"^Ran (\d+) test", told, re.MULTILINE)
    if ran is None or ran[1] == "0":
        return "no tests were found in tests/own/"
    return "" if ended.returncode == 0 else told.strip().splitlines()[-1][:200]


def main():
    bugs = sorted(path.name for path in SEEDED.iterdir() if path.is_dir() and path.name != "sound")
    trouble = run(None) if (ROOT / "tests" / "own").is_dir() else "there is no folder tests/own/"
    lines = ["TAP version 13", f"1..{len(bugs)}"]
    for number, bug in enumerate(bugs, 1):
        caught = not trouble and run(bug) != ""
        lines.append(f"{'ok' if caught else 'not ok'} {number} - {bug}")
        if not caught:
            why = f"on a sound service: {trouble}" if trouble else "no test in tests/own/ fails on this bug"
            lines += ["  ---", f"  message: {json.dumps(why)}", "  ..."]
    Path(sys.argv[1]).write_text("\n".join(lines) + "\n")


main()
