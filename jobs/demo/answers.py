"""What the people of the example write to the follow-up questions, by pack, voice and the number of the question."""

from __future__ import annotations

from jobs.demo.cast import LOGS, PAYOUTS

ANSWERS: dict[tuple[str, str], tuple[str, ...]] = {
    (PAYOUTS, "strong"): (
        "A counter of transfers per payout id, with an alert as soon as one id has two. That is the invariant itself, so "
        "it would have fired at the second transfer and not when someone noticed the money.",
        "Group the journal by payout id, take every id with more than one transfer the bank confirms, and compare with "
        "the bank's own statement before touching anything. Refunds are a decision for finance, so I would hand over a "
        "list with both references and not script it.",
        "Both replay the same journal, both see a payout as due, both send. The idempotency key saves us only as long as "
        "the bank keeps it. First change: an exclusive lock on the journal at start, refused loudly.",
    ),
    (PAYOUTS, "fair"): (
        "An alert on time-outs from the bank would have shown something was wrong, and the number of retries per hour.",
        "I would search the journal for ids that appear as sent twice, then ask the bank which of them were executed.",
        "They could both send the same payout. I would lock the file.",
    ),
    (PAYOUTS, "weak"): (
        "More logging.",
        "Look through the journal by hand.",
        "It should not happen in production.",
    ),
    (LOGS, "strong"): (
        "`binary` and `shape`: somebody writes into the log on purpose. More than ten a minute from one address, or any "
        "rise above ten times the usual hour. `number` alone is more often a bug of ours.",
        "In the quoted fields, sign by sign. For 100 GB I would keep one pass and bounded state per client, split the "
        "file at line feeds over processes and merge the counts; the minute windows need the times sorted per client.",
        "Very long targets to push a line over the limit and hide it, thousands of made-up addresses to fill the client "
        "table, and terminal escapes for whoever reads the log with cat.",
    ),
    (LOGS, "fair"): (
        "shape, because it means an injection. Perhaps above one percent of the lines.",
        "Splitting and checking each field. I would read the file in chunks instead of all at once.",
        "Fake lines with a line feed in the user agent, if the gateway does not escape it.",
    ),
    (LOGS, "weak"): (
        "All of them.",
        "It is fast enough.",
        "SQL injection.",
    ),
}  # fmt: skip


def answer_to(pack: str, voice: str, number: int) -> str:
    """The text for question ``number`` (from 0); empty when this voice has none."""
    texts = ANSWERS.get((pack, voice), ())
    return texts[number] if number < len(texts) else ""
