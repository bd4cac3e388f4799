"""The payouts, kept in a journal: every change appends the whole payout as one line."""

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

PENDING, PAID, FAILED, PARKED = "pending", "paid", "failed", "parked"


@dataclass
class Payout:
    id: str
    account: str
    amount_cents: int
    due_at: int
    status: str = PENDING
    attempts: int = 0
    reference: str | None = None

    def shown(self) -> dict:
        return {"id": self.id, "status": self.status, "attempts": self.attempts, "reference": self.reference}


class Ledger:
    """Payouts by id, in order of arrival. What `save` has returned from survives a kill."""

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self._path = Path(path)
        self.payouts: dict[str, Payout] = {}
        if self._path.exists():
            self._read()

    def _read(self) -> None:
        lines = self._path.read_text("utf-8").split("\n")
        # The last part is empty, or a line that a kill has torn: it was never answered.
        for line in lines[:-1]:
            payout = Payout(**json.loads(line))
            self.payouts[payout.id] = payout
        if lines[-1]:
            self._path.write_text("".join(f"{line}\n" for line in lines[:-1]), "utf-8")

    def save(self, payout: Payout) -> None:
        self.payouts[payout.id] = payout
        with self._path.open("a", encoding="utf-8") as journal:
            journal.write(json.dumps(asdict(payout)) + "\n")
            journal.flush()
            os.fsync(journal.fileno())
