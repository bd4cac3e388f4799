"""The queue in front of the boxes."""

import threading
import time

import pytest

from sandbox.cancel import Cancel, Cancelled
from sandbox.slots import QueueFull, Slots


def wait_until(check: object) -> None:
    deadline = time.monotonic() + 5
    while not check():  # type: ignore[operator]
        assert time.monotonic() < deadline
        time.sleep(0.005)


def test_first_come_first_served_and_never_more_than_there_are() -> None:
    slots, order, most = Slots(2), [], []
    gate = threading.Event()

    def work(number: int) -> None:
        with slots.take(Cancel(), lambda _: None):
            order.append(number)
            most.append(slots.busy)
            gate.wait(5)

    threads = []
    for number in range(6):
        threads.append(threading.Thread(target=work, args=(number,)))
        threads[-1].start()
        wait_until(lambda n=number: slots.busy + slots.queued == n + 1)
    gate.set()
    for thread in threads:
        thread.join(5)
    assert order == list(range(6))
    assert max(most) == 2
    assert (slots.busy, slots.queued) == (0, 0)


def test_a_full_queue_says_so() -> None:
    slots = Slots(1, longest=0)
    with pytest.raises(QueueFull), slots.take(Cancel(), lambda _: None):
        pass
    assert (slots.busy, slots.queued) == (0, 0)


def test_a_cancelled_waiter_leaves_and_the_slot_comes_back_after_an_error() -> None:
    slots, cancel = Slots(1), Cancel()
    with slots.take(Cancel(), lambda _: None):
        threading.Timer(0.1, cancel.set, ("enough",)).start()
        with pytest.raises(Cancelled, match="enough"), slots.take(cancel, lambda _: None):
            pass
        assert slots.queued == 0
    with pytest.raises(KeyError), slots.take(Cancel(), lambda _: None):
        raise KeyError
    assert slots.busy == 0
