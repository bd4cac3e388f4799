"""One payout: when to call the bank, and what its answer means."""

from payouts import config
from payouts.gateway import Bank, BankRejected, BankTimeout, BankUnavailable
from payouts.ledger import FAILED, PAID, PARKED, PENDING, Ledger, Payout


class Worker:
    def __init__(self, bank: Bank, ledger: Ledger) -> None:
        self._bank = bank
        self._ledger = ledger

    def due(self, now: int) -> list[Payout]:
        """The pending payouts that are due, the longest due first, then in order of arrival."""
        waiting = [p for p in self._ledger.payouts.values() if p.status == PENDING and p.due_at <= now]
        return sorted(waiting, key=lambda payout: payout.due_at)

    def work(self, payout: Payout, now: int) -> None:
        payout.attempts += 1
        try:
            reference = self._bank.transfer(
                f"{payout.id}-{payout.attempts}", payout.account, payout.amount_cents
            )
        except BankRejected:
            payout.status = FAILED
        except (BankTimeout, BankUnavailable):
            if payout.attempts > config.MAX_ATTEMPTS:
                payout.status = PARKED
            else:
                payout.due_at = now + config.backoff(payout.attempts)
        else:
            payout.status, payout.reference = PAID, reference
        self._ledger.save(payout)
