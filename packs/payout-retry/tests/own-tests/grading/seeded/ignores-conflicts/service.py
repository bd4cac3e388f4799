"""What can be asked of the service. `now` is in seconds and never goes back."""

import os

from payouts.gateway import Bank
from payouts.ledger import FAILED, PAID, PARKED, PENDING, Ledger, Payout
from payouts.worker import Worker


class Refused(Exception):
    """Carries the error of the protocol: conflict, invalid, unknown or not parked."""


class Service:
    def __init__(self, bank: Bank, journal: str | os.PathLike[str]) -> None:
        self._ledger = Ledger(journal)
        self._worker = Worker(bank, self._ledger)

    def request(self, id: str, account: str, amount_cents: int, now: int) -> dict:
        """Takes a payout. Raises Refused."""
        known = self._ledger.payouts.get(id)
        if known:
            return known.shown()
        if amount_cents <= 0:
            raise Refused("invalid")
        payout = Payout(id, account, amount_cents, due_at=now)
        self._ledger.save(payout)
        return payout.shown()

    def tick(self, now: int) -> None:
        """Works on every payout that is due."""
        for payout in self._worker.due(now):
            self._worker.work(payout, now)

    def status(self, id: str) -> dict:
        """Raises Refused."""
        return self._find(id).shown()

    def release(self, id: str, now: int) -> dict:
        """Gives a parked payout new attempts. Raises Refused."""
        payout = self._find(id)
        if payout.status != PARKED:
            raise Refused("not parked")
        payout.status, payout.attempts, payout.due_at = PENDING, 0, now
        self._ledger.save(payout)
        return payout.shown()

    def report(self) -> dict:
        payouts = self._ledger.payouts.values()
        paid = [payout.amount_cents for payout in payouts if payout.status == PAID]
        return {
            "paid": len(paid),
            "paid_cents": sum(paid),
            "failed": sum(payout.status == FAILED for payout in payouts),
            "parked": sum(payout.status == PARKED for payout in payouts),
            "open": sum(payout.status == PENDING for payout in payouts),
        }

    def _find(self, id: str) -> Payout:
        if id not in self._ledger.payouts:
            raise Refused("unknown")
        return self._ledger.payouts[id]
