"""Packs are read strictly, and every fault names file, line and cure."""

from decimal import Decimal

import pytest

from core.problems.rules.kinds import Award, CheckerKind, Kind, Status, Trust, Visibility
from core.problems.rules.pack import Pack
from core.problems.rules.validate import digest_of, read_pack
from tests.core.problems.sample import IO_FILES, IO_YAML, PROJECT_FILES, PROJECT_YAML


def valid(files: dict[str, bytes]) -> Pack:
    read = read_pack(files)
    assert [str(problem) for problem in read.problems] == []
    assert read.pack is not None
    return read.pack


def faults(files: dict[str, bytes]) -> list[str]:
    read = read_pack(files)
    assert (read.pack is None) == bool(read.problems)
    return [str(problem) for problem in read.problems]


def with_yaml(files: dict[str, bytes], old: str, new: str) -> dict[str, bytes]:
    text = files["task.yaml"].decode()
    assert old in text
    return files | {"task.yaml": text.replace(old, new, 1).encode()}


def test_io_pack() -> None:
    pack = valid(IO_FILES)
    assert (pack.kind, pack.slug, pack.version, pack.effort_minutes) == (Kind.IO, "add-two", "1.0.0", 10)
    assert [language.name for language in pack.languages] == ["python", "cpp"]
    samples, grading = pack.groups
    assert (samples.visibility, samples.points) == (Visibility.PUBLIC, Decimal(1))
    assert [case.id for case in grading.cases] == ["1", "2", "10"]
    assert grading.cases[0].stdin == b"5 6\n"
    assert grading.cases[0].expected == b"11\n"
    assert grading.trust is Trust.OUT_OF_PROCESS
    assert grading.checker.kind is CheckerKind.TOKENS
    assert grading.limits.wall_ms == 2000
    assert grading.limits.cpu_ms is None
    assert pack.references[0].name == "cpp-main"
    assert {m.name: m.note for m in pack.mutants}["python-minus"] == "subtracts"
    assert pack.digest == digest_of(IO_FILES)


def test_project_pack() -> None:
    pack = valid(PROJECT_FILES)
    visible, behaviour = pack.groups
    assert visible.trust is Trust.IN_PROCESS
    assert [case.name for case in visible.cases] == ["visible.Adds.test_adds", "test_floats"]
    assert (behaviour.award, behaviour.language) == (Award.ALL, "python")
    assert behaviour.driver_limits.wall_ms == 9000
    (mutant,) = pack.mutants
    assert mutant.expect is Status.WRONG
    # A project's mutant lies over the reference, which lies over the starter.
    assert mutant.files["service/__main__.py"] == b"print('good')\n"
    assert mutant.files["service/extra.py"] == b"# lazy\n"
    assert "setup.cfg" in mutant.files


def test_mutant_base_and_expectation() -> None:
    text = PROJECT_YAML + "mutants:\n  python-lazy: {base: starter, expect: build_error}\n"
    (mutant,) = valid(PROJECT_FILES | {"task.yaml": text.encode()}).mutants
    assert mutant.files["service/__main__.py"] == b"print('starter')\n"
    assert mutant.expect is Status.BUILD_ERROR


def line(text: str, needle: str) -> int:
    return text[: text.index(needle)].count("\n") + 1


@pytest.mark.parametrize(
    ("old", "new", "at", "said"),
    [
        ("summary:", "sumary:", "sumary:", "unknown field `sumary`; did you mean `summary`?"),
        ("slug: add-two", "slug: Add Two", "slug:", "`slug` is 'Add Two'; use a-z, 0-9 and single -"),
        ("version: 1.0.0", "version: one", "version:", "write it like 1.0.0"),
        ("kind: io", "kind: oi", "kind:", "known are: io, project"),
        ("effort_minutes: 10", "effort_minutes: ten", "effort_minutes", "whole number from 5 to 480"),
        ("effort_minutes: 10", "effort_minutes: 999999", "effort_minutes", "whole number from 5 to 480"),
        ("difficulty: easy", "difficulty: esay", "difficulty", "did you mean `easy`?"),
        ("tags: [arithmetic]", "tags: arithmetic", "tags:", "must be a list"),
        ("tags: [arithmetic]", "tags: [Arithmetic]", "tags:", "a tag is lower case"),
        ("checker: tokens", "checker: floats", "checker:", "needs `absolute` or `relative`"),
        ("checker: tokens", "checker: {kind: exact, absolute: 1}", "checker:", "and only there"),
        ("  python:\n", "  pyton:\n", "  pyton", "did you mean `python`?"),
        ("wall_ms: 4000", "wall_ms: 4", "    limits:", "`languages.cpp.limits.wall_ms` is '4'"),
        ("points: 9", "points: 9.999", "points: 9.999", "at most 2 decimal places"),
        ("points: 9", "points: -1", "points: -1", "must be a number from 0 to 1000"),
        ("points: 9", "points: 0", "groups:", "give no points to a hidden group for python"),
        ("visibility: public", "visibility: hidden", "groups:", "hold no public group"),
        ("visibility: public", "visibility: shown", "visibility: shown", "is 'shown'; known are"),
        ("id: samples", "id: grading", "  - id: grading\n    title: Grading", "stands twice"),
        ('expected: "3"', "title: three", "      - {id: small", "has no expected output"),
        ("python-minus: {note", "python-mius: {note", "python-mius", "did you mean `python-minus`?"),
        ("note: subtracts", "expect: sandbox_error", "python-minus", "cannot be sandbox_error"),
        ("note: subtracts", "base: references/python-none", "", "is no reference of python"),
        ("title: Samples", "title: ''", "title: ''", "`groups[1].title` is empty"),
        ("title: Samples", 'title: "a\\0b"', 'title: "a', "control character"),
        ("title: Samples", "trust: in_process", "trust:", "unknown field `trust`"),
        ("licence: MIT\n", "", "", "`licence` is missing; add it"),
        ("authors: [Test Author]", "authors: [[x]]", "authors:", "each entry must be a text"),
        ("kind: io", "kind: io\nkind: io", "kind: io\nlang", "`kind` stands twice"),
    ],
)
def test_yaml_faults(old: str, new: str, at: str, said: str) -> None:
    files = with_yaml(IO_FILES, old, new)
    found = faults(files)
    hits = [fault for fault in found if said in fault]
    assert hits, found
    if at and at != "kind: io\nlang":
        number = line(files["task.yaml"].decode(), at)
        assert any(fault.startswith(f"task.yaml:{number}: ") for fault in hits), found


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b"", "must be a mapping of fields"),
        (b"- a\n", "must be a mapping of fields"),
        (b"format: 2\n", "`format` must be 1"),
        (b"slug: x\n", "`format` is missing"),
        (b"a: [1\nb: 2\n", "is not valid YAML"),
        (b"a: \xff\n", "is not UTF-8"),
        (b"a: &x 1\nb: *x\n", "anchor or alias"),
        (b"a: !!python/object/apply:os.system [ls]\n", "uses the YAML tag"),
        (b"a: 1\n---\nb: 2\n", "several YAML documents"),
        (b"a: " + b"[" * 5000, "nested deeper"),
        (b"a: [" + b"1," * 50_000 + b"]", "more than 40000 values"),
        (b"a: " + b"x" * 300_000, "larger than 256 KiB"),
        (b"a: \x07\n", "is not valid YAML"),
        (b"{[a]: 1, format: 1}", "a key must be a plain word"),
    ],
)
def test_hostile_yaml(text: bytes, said: str) -> None:
    found = faults(IO_FILES | {"task.yaml": text})
    assert any(said in fault for fault in found), found


@pytest.mark.parametrize(
    ("extra", "said"),
    [
        ({"notes.txt": b""}, "does not belong to a pack"),
        ({"starters/python/main.py": b""}, "did you mean `starter`?"),
        ({"tests/1.in": b""}, "folder of their own"),
        ({"tests/grading/3.in": b""}, "has no 3.out beside it"),
        ({"tests/grading/3.out": b""}, "has no 3.in beside it"),
        ({"tests/grading/A B.in": b""}, "is no case file"),
        ({"tests/grading/sub/1.in": b""}, "is no case file"),
        ({"tests/samples/small.in": b"", "tests/samples/small.out": b""}, "stands in task.yaml and in files"),
        ({"tests/other/1.in": b""}, "belongs to no declared group"),
        ({"starter/java/Main.java": b""}, "belongs to no declared language"),
        ({"references/ruby-main/main.rb": b""}, "name it <language>-<name>"),
        ({"mutants/python/main.py": b""}, "name it <language>-<name>"),
        ({"mutants/python-same/main.py": IO_FILES["references/python-main/main.py"]}, "is the same as"),
        ({"../evil": b""}, "must not hold empty parts"),
        ({"/etc/passwd": b""}, "must be relative"),
        ({"starter/python/a\\b": b""}, "not every system can store"),
        ({"starter/python/big": b"x" * (4 * 2**20 + 1)}, "larger than 4 MiB"),
        ({"statement.md": b"\n"}, "statement.md: is empty"),
        ({"statement.md": b"a\n\xff"}, "statement.md:2: is not UTF-8"),
    ],
)
def test_file_faults(extra: dict[str, bytes], said: str) -> None:
    found = faults(IO_FILES | extra)
    assert any(said in fault for fault in found), found


@pytest.mark.parametrize(
    ("gone", "said"),
    [
        ("task.yaml", "task.yaml: is missing"),
        ("statement.md", "statement.md: is missing"),
        ("starter/cpp/main.cpp", "which holds no files"),
        ("references/cpp-main/main.cpp", "cpp has no reference"),
        ("mutants/cpp-minus/main.cpp", "cpp has no mutant"),
    ],
)
def test_missing_files(gone: str, said: str) -> None:
    found = faults({path: data for path, data in IO_FILES.items() if path != gone})
    assert any(said in fault for fault in found), found


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            "    argv: [python3, -m, service]\n",
            "    entry: service/__main__.py\n",
            "a project says how its program",
        ),
        ("trust: in_process", "trust: blind", "`groups[1].trust`"),
        ("    results: {format: tap, file: results.tap}\n", "", "`groups[2].results` is missing"),
        ("file: results.tap", "file: ../results.tap", "must not hold empty parts"),
        ("    argv: [python3, drive.py]\n", "", "`groups[2].argv` is missing"),
        ("trust: out_of_process", "trust: in_process", "driver_limits` is for out_of_process"),
        ("setup.cfg]", "/setup.cfg]", "`restored` holds '/setup.cfg'"),
        ("name: test_floats", "name: visible.Adds.test_adds", "is looked for by two cases"),
        ("name: test_floats", "args: [x]", "needs `run: each`"),
        ("trust: in_process", "trust: in_process\n    run: each", "each is for out_of_process groups"),
        (
            "[python3, -m, service]",
            "[python3, -m, service]\n    entry: gone.py",
            "not among the starter files",
        ),
    ],
)
def test_project_faults(old: str, new: str, said: str) -> None:
    found = faults(with_yaml(PROJECT_FILES, old, new))
    assert any(said in fault for fault in found), found


def test_too_many_files_and_cases() -> None:
    many = {f"starter/python/f{n}.txt": b"" for n in range(2001)}
    assert any("more than 2000 files" in fault for fault in faults(IO_FILES | many))
    cases = {f"tests/grading/c{n}.{end}": b"1" for n in range(500) for end in ("in", "out")}
    assert any("more than 500 cases" in fault for fault in faults(IO_FILES | cases))


def test_problem_order_is_by_place() -> None:
    text = IO_YAML.replace("summary:", "sumary:").replace("kind: io", "kind: oi")
    read = read_pack(IO_FILES | {"task.yaml": text.encode()})
    assert list(read.problems) == sorted(read.problems)
    assert len(set(read.problems)) == len(read.problems)
