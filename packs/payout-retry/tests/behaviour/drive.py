"""The hidden cases: each drives a fresh service through the README's promises. drive.py <results.xml>"""

import random
import sys
import time

from bank import Bank
from client import Killed, Service
from proofroom_driver import Candidate, Suite

# Less than the driver's own limit, so that a service that hangs in some cases keeps what it earned in others.
TOTAL_SECONDS = 200.0
CASES = {}


def case(function):
    CASES[function.__name__.replace("_", "-")] = function
    return function


def equal(found, wanted, what):
    assert found == wanted, f"{what}: expected {wanted!r}, got {found!r}"


@case
def paid_once_and_reported(begin):
    bank, service = begin()
    reply = service.request()
    equal(reply.get("payout", {}).get("status"), "pending", "the new payout")
    service.ticks(0, 600)
    equal(service.payout(), {"id": "p1", "status": "paid", "attempts": 1, "reference": "b-1"}, "the payout")
    equal(bank.moved, [("p1", "DE02", 1250, 0, "b-1")], "what the bank moved")
    wanted = {"paid": 1, "paid_cents": 1250, "failed": 0, "parked": 0, "open": 0}
    equal(service.report(), wanted, "the report")


@case
def incident_slow_bank(begin):
    """The first log of INCIDENT.md: executed, but the answer never came."""
    bank, service = begin(["slow", "slow", "accepted"])
    service.request(amount_cents=1093400)
    service.ticks(0, 1200)
    equal(bank.cents("p1"), [1093400], "what the bank moved")
    equal(service.status(), "paid", "the payout")
    equal(service.payout().get("reference"), "b-1", "its reference")


@case
def incident_restart(begin):
    """The second log: killed after the transfer was sent."""
    bank, service = begin()
    service.request(amount_cents=80150)
    service.kill_at = ["transfer"]
    service.ticks(0, 600)
    equal(bank.cents("p1"), [80150], "what the bank moved")
    equal(service.status(), "paid", "the payout")


@case
def nothing_is_sent_before_the_lookup(begin):
    bank, service = begin(["slow"])
    service.request()
    service.ticks(0, 119, 1)
    equal(bank.times("transfer"), [0], "the transfers")
    service.tick(120)
    equal(bank.log[-1], (120, "lookup", "p1"), "the last call")
    equal(service.status(), "paid", "the payout")


@case
def unknown_is_sent_again_at_once(begin):
    bank, service = begin(["lost"])
    service.request()
    service.ticks(0, 120)
    equal(bank.times("transfer"), [0, 120], "the transfers")
    equal(service.payout(), {"id": "p1", "status": "paid", "attempts": 2, "reference": "b-1"}, "the payout")


@case
def each_timeout_has_its_own_lookup(begin):
    bank, service = begin(["lost", "slow"])
    service.request()
    service.ticks(0, 230)
    equal(bank.times("transfer"), [0, 120], "the transfers")
    service.ticks(240, 900)
    equal(bank.cents("p1"), [1250], "what the bank moved")
    equal(service.status(), "paid", "the payout")


@case
def lookups_without_answer_send_nothing(begin):
    bank, service = begin(["slow"], ["timeout", "unavailable", "timeout", "unavailable", "timeout", "unavailable"])
    service.request()
    service.ticks(0, 290)
    equal(bank.times("lookup"), [120, 150, 180, 210, 240, 270], "the lookups")
    equal(service.payout(), {"id": "p1", "status": "pending", "attempts": 1, "reference": None}, "the payout")
    service.ticks(300, 320)
    equal(service.status(), "paid", "the payout")
    equal(bank.cents("p1"), [1250], "what the bank moved")


@case
def a_rejected_lookup_settles(begin):
    bank, service = begin(["lost"], ["rejected"])
    service.request()
    service.ticks(0, 900)
    equal(service.status(), "failed", "the payout")
    equal(bank.times("transfer"), [0], "the transfers")


@case
def rejected_is_final(begin):
    bank, service = begin(["rejected"])
    service.request()
    service.ticks(0, 900)
    equal(len(bank.log), 1, "calls to the bank")
    equal(service.report(), {"paid": 0, "paid_cents": 0, "failed": 1, "parked": 0, "open": 0}, "the report")


@case
def waits_double(begin):
    bank, service = begin(["unavailable"] * 3)
    service.request()
    service.ticks(0, 400, 5)
    equal(bank.times("transfer"), [0, 30, 90, 210], "the transfers")
    equal(bank.times("lookup"), [], "the lookups")
    equal(service.status(), "paid", "the payout")


@case
def four_attempts_then_parked(begin):
    bank, service = begin(["unavailable"] * 4)
    service.request()
    service.ticks(0, 3600, 30)
    equal(bank.times("transfer"), [0, 30, 90, 210], "the transfers")
    equal(service.payout(), {"id": "p1", "status": "parked", "attempts": 4, "reference": None}, "the payout")
    equal(service.report(), {"paid": 0, "paid_cents": 0, "failed": 0, "parked": 1, "open": 0}, "the report")


@case
def a_released_payout_starts_anew(begin):
    bank, service = begin(["unavailable"] * 8)
    service.request()
    service.ticks(0, 300)
    service.now = 1000
    reply = service.release()
    equal(reply.get("payout", {}).get("status"), "pending", "the released payout")
    service.ticks(1000, 1400)
    equal(bank.times("transfer"), [0, 30, 90, 210, 1000, 1030, 1090, 1210], "the transfers")
    equal(service.status(), "parked", "the payout")
    service.release()
    service.ticks(1400, 1500)
    equal(bank.cents("p1"), [1250], "what the bank moved")


@case
def a_timed_out_fourth_attempt_is_looked_up(begin):
    bank, service = begin(["unavailable", "unavailable", "unavailable", "slow"])
    service.request()
    service.ticks(0, 900)
    equal(service.status(), "paid", "the payout")
    equal(bank.cents("p1"), [1250], "what the bank moved")


@case
def four_lost_attempts_are_parked(begin):
    bank, service = begin(["lost"] * 4)
    service.request()
    service.ticks(0, 1200)
    equal(bank.times("transfer"), [0, 120, 240, 360], "the transfers")
    equal(service.status(), "parked", "the payout")


@case
def one_key(begin):
    bank, service = begin(["unavailable", "lost", "unavailable", "lost", "lost"])
    service.request("a-long-id-7")
    service.ticks(0, 900)
    service.release("a-long-id-7")
    service.ticks(900, 1500)
    equal({key for _, _, key in bank.log}, {"a-long-id-7"}, "the keys")
    equal(len(bank.cents("a-long-id-7")), 1, "transfers executed")


@case
def doubled_requests(begin):
    bank, service = begin(["slow"])
    service.request()
    service.tick(0)
    for now in (10, 60, 130, 140):
        service.request()
        service.tick(now)
    equal(service.request().get("payout", {}).get("status"), "paid", "the request again")
    equal(bank.cents("p1"), [1250], "what the bank moved")
    equal(service.report().get("paid"), 1, "the number of payouts")


@case
def conflicts_and_bad_requests(begin):
    bank, service = begin()
    service.request()
    equal(service.request(amount_cents=1251), {"error": "conflict"}, "another amount")
    equal(service.request(account="DE99"), {"error": "conflict"}, "another account")
    service.tick(0)
    equal(service.request(account="DE99"), {"error": "conflict"}, "another account after it was paid")
    equal(service.request("p2", amount_cents=0), {"error": "invalid"}, "an amount of 0")
    equal(service.request("p2", amount_cents=-5), {"error": "invalid"}, "a negative amount")
    equal(service.ask(do="status", id="p2"), {"error": "unknown"}, "the status of a refused request")
    equal(service.ask(do="release", id="p2", now=0), {"error": "unknown"}, "the release of a refused request")
    equal(service.release("p1"), {"error": "not parked"}, "the release of a paid payout")
    equal(bank.moved, [("p1", "DE02", 1250, 0, "b-1")], "what the bank moved")


@case
def longest_due_first(begin):
    bank, service = begin(["unavailable", "unavailable"])
    service.request("late")
    service.tick(0)
    service.now = 10
    service.request("early")
    service.tick(10)
    service.now = 35
    service.request("new")
    service.now = 36
    service.request("newer")
    service.tick(100)
    equal([key for at, _, key in bank.log if at == 100], ["late", "new", "newer", "early"], "the order of calls")


@case
def one_in_trouble_does_not_hold_up_the_others(begin):
    bank, service = begin(["slow", "unavailable", "rejected"])
    for number in range(6):
        service.request(f"p{number}", amount_cents=100 + number)
    service.tick(0)
    equal([service.status(f"p{number}") for number in range(6)],
          ["pending", "pending", "failed", "paid", "paid", "paid"], "the payouts after the first tick")
    service.ticks(10, 300)
    equal(service.report(), {"paid": 5, "paid_cents": 513, "failed": 1, "parked": 0, "open": 0}, "the report")


@case
def a_restart_forgets_nothing(begin):
    bank, service = begin(["accepted", "rejected", "unavailable", "unavailable", "unavailable", "unavailable"])
    service.request("paid")
    service.tick(0)
    service.request("failed")
    service.tick(0)
    service.request("parked")
    service.ticks(0, 300)
    service.request("open", amount_cents=77)
    service.restart()
    found = [service.status(name) for name in ("paid", "failed", "parked", "open")]
    equal(found, ["paid", "failed", "parked", "pending"], "the payouts after a restart")
    equal(service.request("paid", amount_cents=1), {"error": "conflict"}, "a conflict after a restart")
    service.ticks(310, 600)
    equal(service.status("open"), "paid", "the open payout")
    equal(sorted(key for key, *_ in bank.moved), ["open", "paid"], "what the bank moved")


@case
def waits_survive_a_restart(begin):
    bank, service = begin(["unavailable", "slow"])
    service.request()
    service.tick(0)
    service.restart()
    service.ticks(1, 30, 1)
    equal(bank.times("transfer"), [0, 30], "the transfers")
    service.restart()
    service.ticks(31, 160, 1)
    equal(bank.times("transfer"), [0, 30], "the transfers")
    equal(service.status(), "paid", "the payout")
    equal(service.payout().get("attempts"), 2, "its attempts")


@case
def killed_before_the_bank_took_it(begin):
    bank, service = begin(["lost"])
    service.request()
    service.kill_at = ["transfer"]
    service.ticks(0, 110)
    equal(bank.times("transfer"), [0], "the transfers")
    equal(service.payout().get("attempts"), 1, "its attempts")
    service.ticks(120, 400)
    equal(bank.cents("p1"), [1250], "what the bank moved")
    equal(service.payout().get("attempts"), 2, "its attempts")


@case
def killed_in_a_lookup(begin):
    bank, service = begin(["slow"])
    service.request()
    service.kill_at = ["lookup", "lookup"]
    service.ticks(0, 600)
    equal(bank.cents("p1"), [1250], "what the bank moved")
    equal(service.status(), "paid", "the payout")


def storm(begin, seed, kills):
    """Many payouts, a bank in trouble, an operator who releases what is parked: each is paid once or failed."""
    chance = random.Random(seed)
    troubles = ["accepted"] * 3 + ["slow"] * 3 + ["lost"] * 3 + ["unavailable"] * 3 + ["rejected"]
    script = [chance.choice(troubles) for _ in range(150)]
    lookups = [chance.choice(["truth", "truth", "timeout", "unavailable"]) for _ in range(60)]
    bank, service = begin(script, lookups)
    names = [f"s{number}" for number in range(30)]
    for number, name in enumerate(names):
        service.request(name, f"DE{number:02}", 1000 + number)
    for now in range(0, 6000, 40):
        if kills and chance.random() < 0.6:
            service.kill_at = [chance.choice(["transfer", "lookup"])]
        try:
            service.tick(now)
        except Killed:
            pass
        service.kill_at = []
        if now % 800 == 0:
            for name in names:
                if service.status(name) == "parked":
                    service.release(name)
    for name in names:
        number = int(name[1:])
        status = service.status(name)
        wanted = [1000 + number] if status == "paid" else []
        equal(bank.cents(name), wanted, f"what the bank moved for {name}, which is {status}")
        assert status == "paid" or (status == "failed" and name in bank.refused), f"{name} ended as {status}"
    equal(service.report().get("paid_cents"), sum(amount for _, _, amount, _, _ in bank.moved), "the sum")


@case
def a_storm(begin):
    storm(begin, 8841, kills=False)


@case
def a_storm_with_kills(begin):
    storm(begin, 8907, kills=True)


def main():
    suite = Suite("behaviour")
    candidate = Candidate()

    def begin(script=(), lookups=()):
        bank = Bank(script, lookups)
        return bank, Service(candidate, bank)

    ends = time.monotonic() + TOTAL_SECONDS
    for name, run in CASES.items():
        with suite.case(name):
            assert time.monotonic() < ends, "not run: the cases before used up the time"
            run(begin)
    suite.write(sys.argv[1])


main()
