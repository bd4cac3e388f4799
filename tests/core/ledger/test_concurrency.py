"""Many writers at once: one line of numbers, no gap, no fork, and resent batches once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from core.base.clock import utc_now
from core.ledger.actions import append_events, open_log, seal_log
from core.ledger.errors import LogSealed
from core.ledger.queries import check_stored_log, list_events
from core.ledger.rules import NewEvent
from evidence.header import Source
from tests.core.ledger.test_actions import MANIFEST
from tests.factories import make_organisation

WRITERS, BATCHES = 8, 12


def new_log(database):
    with database.unit_of_work() as session:
        return open_log(session, make_organisation(session).id, MANIFEST, utc_now()).id


def append(database, log_id, writer, number, size=3):
    event = NewEvent("pasted", {"length": writer * 1000 + number}, Source.BROWSER)
    with database.unit_of_work() as session:
        return append_events(session, log_id, [event] * size, utc_now(), f"{writer}-{number}")


def test_parallel_batches_stand_whole_one_behind_another(real_database):
    log_id = new_log(real_database)

    def work(writer):
        # Each batch is sent twice, as a client does that lost its ack.
        return [append(real_database, log_id, writer, n // 2) for n in range(2 * BATCHES)]

    with ThreadPoolExecutor(WRITERS) as pool:
        results = [result for part in pool.map(work, range(WRITERS)) for result in part]
    assert sum(result.repeated for result in results) == WRITERS * BATCHES
    with real_database.reading() as session:
        events = list_events(session, log_id)
        assert [event.seq for event in events] == list(range(WRITERS * BATCHES * 3))
        for result in results:
            own = events[result.first_seq : result.last_seq + 1]
            assert len({event.payload["length"] for event in own}) == 1, "a batch was torn apart"
        assert check_stored_log(session, log_id).holds


def test_one_batch_sent_by_many_at_once_is_stored_once(real_database):
    log_id = new_log(real_database)
    start = Barrier(WRITERS)

    def work(_):
        start.wait(10)
        return append(real_database, log_id, 1, 1)

    with ThreadPoolExecutor(WRITERS) as pool:
        results = list(pool.map(work, range(WRITERS)))
    assert sorted(result.repeated for result in results) == [False] + [True] * (WRITERS - 1)
    assert {(result.first_seq, result.last_seq) for result in results} == {(0, 2)}


def test_nothing_slips_behind_a_seal(real_database):
    log_id = new_log(real_database)
    start = Barrier(5)

    def work(writer):
        start.wait(10)
        for number in range(60):
            try:
                append(real_database, log_id, writer, number, 1)
            except LogSealed:
                return number
        return 60

    def seal():
        start.wait(10)
        append(real_database, log_id, 9, 9, 1)
        with real_database.unit_of_work() as session:
            return seal_log(session, log_id, utc_now())

    with ThreadPoolExecutor(5) as pool:
        sealing = pool.submit(seal)
        accepted = 1 + sum(pool.map(work, range(4)))
    with real_database.unit_of_work() as session:
        assert seal_log(session, log_id, utc_now()) == sealing.result()
        checked = check_stored_log(session, log_id)
    assert checked.holds
    assert checked.sealed
    assert checked.size == accepted + 1
    assert accepted < 241, "the seal came too late to show anything"
    assert checked.last_leaf.hex() == sealing.result()
