"""Tests that run much and look at nothing."""

import tempfile
import unittest
from pathlib import Path

from payouts.service import Service
from payouts.testing import ScriptedBank


class OwnTest(unittest.TestCase):
    def test_payouts_work(self):
        with tempfile.TemporaryDirectory() as folder:
            service = Service(ScriptedBank(["accepted"]), Path(folder, "journal.jsonl"))
            service.request("p1", "DE02", 1250, now=0)
            service.tick(now=0)
            self.assertEqual(service.status("p1")["status"], "paid")
