"""Your tests."""

import tempfile
import unittest
from pathlib import Path

from payouts.service import Service
from payouts.testing import ScriptedBank


class OwnTest(unittest.TestCase):
    def test_a_new_service_has_paid_nothing(self):
        with tempfile.TemporaryDirectory() as folder:
            service = Service(ScriptedBank(), Path(folder, "journal.jsonl"))
            self.assertEqual(service.report()["paid"], 0)


if __name__ == "__main__":
    unittest.main()
