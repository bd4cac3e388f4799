"""The bank as this service sees it. See BANK.md for what it promises."""

import json
from typing import Protocol, TextIO


class BankRejected(Exception):
    """No money moved, for good."""


class BankUnavailable(Exception):
    """The call was not taken: nothing happened and nothing will."""


class BankTimeout(Exception):
    """No answer: the call may have been executed or not."""


class Bank(Protocol):
    def transfer(self, key: str, account: str, amount_cents: int) -> str:
        """Moves the money and gives the bank's reference. Raises BankRejected, BankUnavailable, BankTimeout."""
        ...

    def lookup(self, key: str) -> str | None:
        """The reference of an executed transfer, None while unknown. Raises like transfer."""
        ...


class PipeBank:
    """Calls the bank over the service's own pipe: one line out, one line in."""

    def __init__(self, incoming: TextIO, outgoing: TextIO) -> None:
        self._incoming = incoming
        self._outgoing = outgoing

    def transfer(self, key: str, account: str, amount_cents: int) -> str:
        answer = self._call({"call": "transfer", "key": key, "account": account, "amount_cents": amount_cents})
        if answer.get("answer") != "accepted":
            raise BankTimeout
        return str(answer.get("reference"))

    def lookup(self, key: str) -> str | None:
        answer = self._call({"call": "lookup", "key": key})
        if answer.get("answer") == "unknown":
            return None
        if answer.get("answer") != "accepted":
            raise BankTimeout
        return str(answer.get("reference"))

    def _call(self, message: dict) -> dict:
        print(json.dumps(message), file=self._outgoing, flush=True)
        line = self._incoming.readline()
        if not line:
            raise SystemExit(0)
        answer = json.loads(line)
        if answer.get("answer") == "rejected":
            raise BankRejected
        if answer.get("answer") == "unavailable":
            raise BankUnavailable
        return answer
