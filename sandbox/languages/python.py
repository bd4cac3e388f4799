"""Python 3, with pytest for project tests."""

from sandbox.languages.base import Argv, Language, Paths, SelfTest, entry


def run(paths: Paths, _: int) -> Argv:
    return ("python3", entry(paths, "main.py", ".py"))


PYTHON = Language(
    id="python",
    name="Python",
    image="python",
    run=run,
    self_test=SelfTest({"main.py": "import sys\nprint(sum(map(int, sys.stdin)) * 2)\n"}, "20\n1\n", "42\n"),
    versions={"python": ("python3", "--version")},
    programs=("/usr/bin/python3",),
    packages=("python3", "python3-pytest"),
    extras=("/usr/bin/pytest-3",),
    env={"PYTHONDONTWRITEBYTECODE": "1", "PYTHONUNBUFFERED": "1", "PYTHONIOENCODING": "utf-8"},
)
