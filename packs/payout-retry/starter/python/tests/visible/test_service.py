"""The tests there are."""

import tempfile
import unittest
from pathlib import Path

from payouts.service import Refused, Service
from payouts.testing import ScriptedBank


class ServiceTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.journal = Path(folder.name, "journal.jsonl")

    def service(self, *script):
        self.bank = ScriptedBank(script)
        return Service(self.bank, self.journal)

    def test_paid_at_the_first_try(self):
        service = self.service("accepted")
        service.request("p1", "DE02", 1250, now=0)
        service.tick(now=0)
        self.assertEqual(service.status("p1")["status"], "paid")
        self.assertEqual(service.report()["paid_cents"], 1250)

    def test_the_same_request_twice_is_one_payout(self):
        service = self.service("accepted")
        service.request("p1", "DE02", 1250, now=0)
        service.tick(now=0)
        self.assertEqual(service.request("p1", "DE02", 1250, now=5)["status"], "paid")
        service.tick(now=5)
        self.assertEqual(len(self.bank.calls), 1)

    def test_rejected_is_final(self):
        service = self.service("rejected")
        service.request("p1", "DE02", 1250, now=0)
        service.tick(now=0)
        service.tick(now=10_000)
        self.assertEqual(service.status("p1")["status"], "failed")

    def test_unavailable_is_tried_again(self):
        service = self.service("unavailable", "accepted")
        service.request("p1", "DE02", 1250, now=0)
        service.tick(now=0)
        service.tick(now=29)
        self.assertEqual(len(self.bank.calls), 1)
        service.tick(now=30)
        self.assertEqual(service.status("p1")["status"], "paid")

    def test_amounts_are_positive(self):
        with self.assertRaises(Refused):
            self.service().request("p1", "DE02", 0, now=0)

    def test_a_paid_payout_is_paid_after_a_restart(self):
        service = self.service("accepted")
        service.request("p1", "DE02", 1250, now=0)
        service.tick(now=0)
        service = self.service()
        service.tick(now=100)
        self.assertEqual(service.status("p1")["status"], "paid")
