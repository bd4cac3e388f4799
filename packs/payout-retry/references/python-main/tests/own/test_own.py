"""What the README promises, one test a promise that the old tests left out."""

import tempfile
import unittest
from pathlib import Path

from payouts.service import Refused, Service
from payouts.testing import ScriptedBank


class Killed(BaseException):
    """The process ends in the middle of a call."""


class DyingBank(ScriptedBank):
    def transfer(self, key, account, amount_cents):
        raise Killed


class OwnTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.journal = Path(folder.name, "journal.jsonl")

    def service(self, *script):
        self.bank = ScriptedBank(script)
        return Service(self.bank, self.journal)

    def start(self, *script):
        service = self.service(*script)
        service.request("p1", "DE02", 1250, now=0)
        service.tick(now=0)
        return service

    def calls(self):
        return [call for call, _ in self.bank.calls]

    def test_a_timeout_is_looked_up_before_it_is_sent_again(self):
        service = self.start("timeout", "accepted")
        service.tick(now=119)
        self.assertEqual(self.calls(), ["transfer"])
        service.tick(now=120)
        self.assertEqual(self.calls(), ["transfer", "lookup"])
        self.assertEqual(service.status("p1")["status"], "paid")

    def test_unknown_after_the_lag_is_sent_again(self):
        service = self.start("timeout", "unknown", "accepted")
        service.tick(now=120)
        self.assertEqual(self.calls(), ["transfer", "lookup", "transfer"])
        self.assertEqual({key for _, key in self.bank.calls}, {"p1"})
        self.assertEqual(service.status("p1")["status"], "paid")

    def test_a_lookup_without_answer_sends_nothing(self):
        service = self.start("timeout", "timeout", "accepted")
        service.tick(now=120)
        service.tick(now=150)
        self.assertEqual(self.calls(), ["transfer", "lookup", "lookup"])
        self.assertEqual(service.status("p1")["attempts"], 1)

    def test_a_rejected_lookup_is_final(self):
        service = self.start("timeout", "rejected")
        service.tick(now=120)
        service.tick(now=9000)
        self.assertEqual(service.status("p1")["status"], "failed")

    def test_four_attempts_then_parked_then_released(self):
        service = self.start(*["unavailable"] * 4, "accepted")
        for now in (30, 90, 210, 9000):
            service.tick(now)
        self.assertEqual(self.calls(), ["transfer"] * 4)
        self.assertEqual(service.status("p1")["status"], "parked")
        service.release("p1", now=9000)
        service.tick(now=9000)
        self.assertEqual(service.status("p1")["status"], "paid")

    def test_backoff_doubles(self):
        service = self.start("unavailable", "unavailable", "accepted")
        service.tick(now=30)
        service.tick(now=89)
        self.assertEqual(len(self.bank.calls), 2)
        service.tick(now=90)
        self.assertEqual(len(self.bank.calls), 3)

    def test_the_same_id_with_other_content_is_a_conflict(self):
        service = self.start("accepted")
        with self.assertRaisesRegex(Refused, "conflict"):
            service.request("p1", "DE02", 1251, now=1)

    def test_a_kill_in_the_middle_of_a_transfer_counts_as_a_timeout(self):
        service = Service(DyingBank(), self.journal)
        service.request("p1", "DE02", 1250, now=0)
        with self.assertRaises(Killed):
            service.tick(now=0)
        service = self.service("accepted")
        service.tick(now=10)
        self.assertEqual(self.calls(), [])
        service.tick(now=120)
        self.assertEqual(self.calls(), ["lookup"])
        self.assertEqual(service.status("p1")["status"], "paid")


if __name__ == "__main__":
    unittest.main()
