"""A bank for tests that answers as it is told and remembers what it was asked."""

from collections.abc import Sequence

from payouts.gateway import BankRejected, BankTimeout, BankUnavailable

FAULTS = {"rejected": BankRejected, "unavailable": BankUnavailable, "timeout": BankTimeout}


class ScriptedBank:
    """Answers calls in the order of `script`: accepted, rejected, unavailable, timeout or unknown.

    `calls` holds ("transfer", key) and ("lookup", key). A call beyond the script fails the test.
    """

    def __init__(self, script: Sequence[str] = ()) -> None:
        self.script = list(script)
        self.calls: list[tuple[str, str]] = []

    def transfer(self, key: str, account: str, amount_cents: int) -> str:
        return self._answer("transfer", key) or ""

    def lookup(self, key: str) -> str | None:
        return self._answer("lookup", key)

    def _answer(self, call: str, key: str) -> str | None:
        self.calls.append((call, key))
        if not self.script:
            raise AssertionError(f"the bank was not expected to be called: {self.calls}")
        answer = self.script.pop(0)
        if answer in FAULTS:
            raise FAULTS[answer]
        return None if answer == "unknown" else f"b-{len(self.calls)}"
