"""The bank of BANK.md: moves money once for each transfer it executes, and shows it to lookups late."""

LAG = 120


class Bank:
    """`script` and `lookups` say how the next calls go; beyond them every call goes well.

    transfer: accepted, rejected, unavailable, slow (executed, no answer), lost (not executed, no answer)
    lookup: truth, timeout, unavailable
    """

    def __init__(self, script=(), lookups=(), lag=LAG):
        self.script = list(script)
        self.lookups = list(lookups)
        self.lag = lag
        self.log = []
        self.moved = []
        self.refused = set()

    def answer(self, message, now):
        call, key = message.get("call"), message.get("key")
        self.log.append((now, call, key))
        if call == "transfer":
            return self._transfer(key, message.get("account"), message.get("amount_cents"), now)
        if call == "lookup":
            return self._lookup(key, now)
        raise AssertionError(f"the bank knows no call {call!r}")

    def _transfer(self, key, account, amount_cents, now):
        how = self.script.pop(0) if self.script else "accepted"
        if how in ("accepted", "slow"):
            self.moved.append((key, account, amount_cents, now, f"b-{len(self.moved) + 1}"))
        if how == "rejected":
            self.refused.add(key)
        if how == "accepted":
            return {"answer": "accepted", "reference": self.moved[-1][4]}
        return {"answer": how if how in ("rejected", "unavailable") else "timeout"}

    def _lookup(self, key, now):
        how = self.lookups.pop(0) if self.lookups else "truth"
        if how != "truth":
            return {"answer": how}
        for known, _, _, at, reference in self.moved:
            if known == key and now >= at + self.lag:
                return {"answer": "accepted", "reference": reference}
        return {"answer": "unknown"}

    def times(self, call, key="p1"):
        """When this was called for the payout."""
        return [at for at, what, whose in self.log if what == call and whose == key]

    def cents(self, key):
        """All amounts moved for this payout, one for each transfer."""
        return [amount for whose, _, amount, _, _ in self.moved if whose == key]
