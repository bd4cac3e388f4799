"""What the example's people hand in is composed of the packs' own files; the edits lead exactly there."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.problems.rules.validate import read_pack
from core.problems.shipped import FOLDER, read_folder
from jobs.demo.cast import VISITS
from jobs.demo.edits import apply_edit, edits_between, with_faults
from jobs.demo.works import Work, goal_of, texts_of, way_of

PACKS = {slug: read_pack(read_folder(FOLDER / slug)).pack for slug in ("payout-retry", "log-parser")}
TEXTS = st.lists(st.sampled_from(["a\n", "b\n", "é…\n", "\n", "last"]), max_size=12).map("".join)


@given(TEXTS, TEXTS, st.integers(1, 5))
def test_edits_lead_from_the_one_text_to_the_other(before, after, lines):
    files = {"x": before, "same": "s"}
    for edit in edits_between({"x": before, "same": "s"}, {"x": after, "same": "s", "new": after}, lines):
        assert edit.text.count("\n") <= lines
        apply_edit(files, edit)
    assert files == {"x": after, "same": "s", "new": after}


def test_faults_are_put_together_and_the_first_of_two_that_collide_holds():
    right = "1\n2\n3\n4\n5\n6\n7\n"
    assert with_faults(right, ["1\nX\n3\n4\n5\n6\n7\n", "1\n2\n3\n4\n5\nY\n7\n"]) == "1\nX\n3\n4\n5\nY\n7\n"
    assert with_faults(right, ["1\nX\n3\n4\n5\n6\n7\n", "1\nZ\n3\n4\n5\n6\n7\n"]) == "1\nX\n3\n4\n5\n6\n7\n"
    assert with_faults(right, []) == right


def test_one_fault_is_the_mutant_itself():
    for pack in PACKS.values():
        for language in pack.languages:
            mutants = [mutant for mutant in pack.mutants if mutant.language == language.name]
            for number, mutant in enumerate(mutants):
                goal = goal_of(pack, language.name, (number,))
                assert {path: goal[path] for path in mutant.files} == texts_of(mutant.files)


def test_the_shares_of_a_work():
    pack = PACKS["payout-retry"]
    whole, half, none = (way_of(pack, "python", Work((), share), 8) for share in (1.0, 0.5, 0.0))
    assert whole.final == goal_of(pack, "python", ())
    assert none.final == none.starter == texts_of(pack.language("python").starter_files)
    assert half.final not in (whole.final, none.final)
    assert whole.files_after(len(half.edits)) == half.final


@pytest.mark.parametrize("visit", VISITS, ids=lambda visit: visit.name)
def test_everybody_has_something_to_hand_in(visit):
    way = way_of(PACKS[visit.pack], visit.language, visit.work, 8)
    assert way.final == way.files_after(len(way.edits))
    assert (way.final == way.starter) == (visit.work.share == 0.0)
