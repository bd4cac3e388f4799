"""The law of problem packs: pure functions over values, no files, no clock, no rows.

Where to find what:

    pack.py       the dataclasses every other part of the product speaks in
    validate.py   read_pack(files) -> ReadPack: strict reading, problems name file, line and cure
    archive.py    read_archive(bytes) -> the files of a zip, or the reasons it was refused
    runplan.py    plan_submission / plan_reference / plan_mutant -> RunPlan, one a run
    judge.py      judge_plan(plan, outcomes) -> CaseVerdict, one a case
    checkers.py   check(checker, expected, actual) -> Comparison
    results.py    read_results(format, bytes) -> named results of a JUnit XML or TAP file
    score.py      score_tests(groups, verdicts) -> Score 0-10
    prove.py      the prove gate: what a pack must show before it is offered
"""
