"""Small valid packs that tests bend out of shape."""

IO_YAML = """\
format: 1
slug: add-two
version: 1.0.0
title: Add two numbers
summary: Reads two numbers and prints their sum.
kind: io
effort_minutes: 10
difficulty: easy
tags: [arithmetic]
authors: [Test Author]
licence: MIT
languages:
  python:
  cpp:
    limits: {wall_ms: 4000}
limits: {wall_ms: 2000, memory_mb: 128}
checker: tokens
groups:
  - id: samples
    title: Samples
    visibility: public
    points: 1
    cases:
      - {id: small, stdin: "1 2", expected: "3"}
  - id: grading
    title: Grading
    visibility: hidden
    points: 9
mutants:
  python-minus: {note: subtracts}
questions: ["What if the numbers are huge?"]
"""

IO_FILES = {
    "task.yaml": IO_YAML.encode(),
    "statement.md": b"# Add\n\nPrint the sum.\n",
    "starter/python/main.py": b"# your code\n",
    "starter/cpp/main.cpp": b"int main() {}\n",
    "tests/grading/1.in": b"5 6\n",
    "tests/grading/1.out": b"11\n",
    "tests/grading/10.in": b"2 2\n",
    "tests/grading/10.out": b"4\n",
    "tests/grading/2.in": b"-1 1\n",
    "tests/grading/2.out": b"0\n",
    "references/python-main/main.py": b"print(sum(map(int, input().split())))\n",
    "references/cpp-main/main.cpp": b"// adds\n",
    "mutants/python-minus/main.py": b"a, b = map(int, input().split())\nprint(a - b)\n",
    "mutants/cpp-minus/main.cpp": b"// subtracts\n",
}

PROJECT_YAML = """\
format: 1
slug: tiny-service
version: 0.1.0
title: Tiny service
summary: A service of one function.
kind: project
effort_minutes: 20
difficulty: medium
tags: [service]
authors: [Test Author]
licence: MIT
languages:
  python:
    argv: [python3, -m, service]
restored: [tests/visible/, setup.cfg]
groups:
  - id: visible
    title: Visible tests
    visibility: public
    trust: in_process
    argv: [python3, -m, runtests]
    results: {format: junit, file: results.xml}
    points: 1
    cases:
      - {id: adds, name: visible.Adds.test_adds}
      - {id: floats, name: test_floats}
  - id: behaviour
    title: Behaviour
    visibility: hidden
    trust: out_of_process
    argv: [python3, drive.py]
    results: {format: tap, file: results.tap}
    points: 4
    award: all
    driver_limits: {wall_ms: 9000}
    cases:
      - {id: starts, args: [starts]}
      - {id: survives, args: [survives]}
"""

PROJECT_FILES = {
    "task.yaml": PROJECT_YAML.encode(),
    "statement.md": b"# Mend it\n",
    "starter/python/service/__main__.py": b"print('starter')\n",
    "starter/python/tests/visible/test_it.py": b"# visible\n",
    "starter/python/setup.cfg": b"[x]\n",
    "tests/visible/runtests.py": b"# writes results.xml\n",
    "tests/behaviour/drive.py": b"# hidden\n",
    "references/python-main/service/__main__.py": b"print('good')\n",
    "mutants/python-lazy/service/extra.py": b"# lazy\n",
}
