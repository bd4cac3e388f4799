"""The shipped packs: valid without a problem, and as generous with references and mutants as promised.

No candidate's code runs here: what a pack's solutions do is shown by the prove gate, in the sandbox.
"""

import io
import zipfile
from pathlib import Path

import pytest

from core.problems.rules.archive import read_archive
from core.problems.rules.checkers import check
from core.problems.rules.kinds import KNOWN_LANGUAGES, Kind, Status, Trust, Visibility
from core.problems.rules.pack import Pack
from core.problems.rules.paths import is_junk
from core.problems.rules.runplan import plan_mutant, plan_submission
from core.problems.rules.validate import digest_of, read_pack

PACKS = Path(__file__).parents[3] / "packs"
SLUGS = ("booking-overlap", "cart-state", "log-parser", "payout-retry")


def files_of(slug: str) -> dict[str, bytes]:
    folder = PACKS / slug
    paths = [path for path in folder.rglob("*") if path.is_file()]
    named = {path.relative_to(folder).as_posix(): path for path in paths}
    return {name: path.read_bytes() for name, path in named.items() if not is_junk(name)}


def pack_of(slug: str) -> Pack:
    read = read_pack(files_of(slug))
    assert [str(problem) for problem in read.problems] == []
    assert read.pack is not None
    return read.pack


def test_no_pack_is_forgotten() -> None:
    found = sorted(path.name for path in PACKS.iterdir() if (path / "task.yaml").exists())
    assert found == sorted(SLUGS)


@pytest.mark.parametrize("slug", SLUGS)
def test_valid_as_folder_and_as_zip(slug: str) -> None:
    pack = pack_of(slug)
    assert pack.slug == slug
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, data in files_of(slug).items():
            archive.writestr(f"{slug}/{path}", data)
    read = read_archive(out.getvalue())
    assert read.problems == ()
    assert digest_of(read.files) == pack.digest


@pytest.mark.parametrize("slug", SLUGS)
def test_enough_solutions_to_prove_it(slug: str) -> None:
    pack = pack_of(slug)
    for language in pack.languages:
        mutants = [m for m in pack.mutants if m.language == language.name]
        assert len(mutants) >= 3, language.name
        assert all(m.expect is Status.WRONG and m.note for m in mutants)
        assert any(r.language == language.name for r in pack.references)
        assert all(plan_mutant(pack, mutant) for mutant in mutants)
    assert any(g.visibility is Visibility.PUBLIC for g in pack.groups)
    assert 30 <= pack.effort_minutes <= 60


@pytest.mark.parametrize("slug", ["booking-overlap", "log-parser"])
def test_io_packs_speak_every_language(slug: str) -> None:
    pack = pack_of(slug)
    assert pack.kind is Kind.IO
    assert {language.name for language in pack.languages} == set(KNOWN_LANGUAGES)
    for group in pack.groups:
        for case in group.cases:
            assert check(group.checker, case.expected, case.expected).ok
            if case.stdin:
                assert not check(group.checker, case.expected, b"").ok, f"{group.id}/{case.id}"


def test_the_payout_driver_keeps_its_secrets() -> None:
    pack = pack_of("payout-retry")
    group = pack.group("behaviour")
    assert group.trust is Trust.OUT_OF_PROCESS
    (plan,) = (p for p in plan_submission(pack, "python", {}) if p.groups == ("behaviour",))
    assert plan.driver is not None
    assert set(plan.driver.files).isdisjoint(plan.files)
    driven = group.files["drive.py"].decode()
    # Each declared case is one function of the driver, and the other way round.
    functions = [part.split("(")[0].replace("_", "-") for part in driven.split("\n@case\ndef ")[1:]]
    assert functions == [case.id for case in group.cases]


@pytest.mark.parametrize("slug", ["cart-state", "payout-retry"])
def test_seeded_bugs_are_the_declared_cases(slug: str) -> None:
    """The candidate's own tests meet the reference as the sound version, and one bug for each case."""
    pack = pack_of(slug)
    group = pack.group("own-tests")
    seeded = [path.split("/seeded/")[1].split("/", 1) for path in group.files if "/seeded/" in path]
    assert {name for name, _ in seeded} - {"sound"} == {case.id for case in group.cases}
    top = next(path for path in group.files if "/seeded/" in path).split("/seeded/")[0]
    (reference,) = pack.references
    package = "src" if slug == "cart-state" else "payouts"
    for name, path in seeded:
        same = group.files[f"{top}/seeded/{name}/{path}"] == reference.files[f"{package}/{path}"]
        assert same == (name == "sound"), f"{name}/{path}"


@pytest.mark.parametrize("slug", SLUGS)
def test_statements_tell_how_it_is_judged(slug: str) -> None:
    pack = pack_of(slug)
    for heading in ("deliver", "How it is judged"):
        assert heading in pack.statement
    assert len(pack.questions) >= 3
