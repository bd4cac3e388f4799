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
        """Settles what may have been sent before, then sends it unless it is settled or has to rest."""
        if payout.unsettled and not self._look_up(payout, now):
            return
        if payout.status == PENDING:
            self._send_or_park(payout, now)

    def _look_up(self, payout: Payout, now: int) -> bool:
        """Whether it is now known what became of the transfer sent before."""
        try:
            reference = self._bank.lookup(payout.id)
        except BankRejected:
            payout.status = FAILED
        except (BankTimeout, BankUnavailable):
            payout.due_at = now + config.LOOKUP_AGAIN
            self._ledger.save(payout)
            return False
        else:
            if reference is not None:
                payout.status, payout.reference = PAID, reference
        payout.unsettled = False
        self._ledger.save(payout)
        return True

    def _send_or_park(self, payout: Payout, now: int) -> None:
        if payout.attempts >= config.MAX_ATTEMPTS:
            payout.status = PARKED
            self._ledger.save(payout)
            return
        # Written down before it is sent: whoever reads this after a kill must take it for sent.
        payout.attempts += 1
        payout.unsettled, payout.due_at = True, now + config.LOOKUP_AFTER
        self._ledger.save(payout)
        self._send(payout, now)
        self._ledger.save(payout)

    def _send(self, payout: Payout, now: int) -> None:
        try:
            payout.reference = self._bank.transfer(payout.id, payout.account, payout.amount_cents)
            payout.status, payout.unsettled = PAID, False
        except BankRejected:
            payout.status, payout.unsettled = FAILED, False
        except BankUnavailable:
            payout.unsettled = False
            payout.due_at = now + config.backoff(payout.attempts)
            if payout.attempts >= config.MAX_ATTEMPTS:
                payout.status = PARKED
        except BankTimeout:
            payout.due_at = now + config.backoff(payout.attempts)
