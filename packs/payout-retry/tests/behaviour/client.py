"""Speaks with the candidate's service: commands in, answers out, calls to the bank in between."""

import json
import time

from proofroom_driver import Ended

FIRST_SECONDS = 15.0
ANSWER_SECONDS = 5.0
CASE_SECONDS = 60.0
MAX_CALLS = 500


class Killed(Exception):
    """The service was killed in the middle of a call, as the case asked for."""


class Service:
    """One service over several starts. `kill_at` names the calls ("transfer", "lookup") in which it is killed next."""

    def __init__(self, candidate, bank):
        self.candidate = candidate
        self.bank = bank
        self.now = 0
        self.kill_at = []
        self._ends = time.monotonic() + CASE_SECONDS
        self._start(keep_files=False)

    def _start(self, keep_files):
        self.candidate.start(keep_files=keep_files, timeout=FIRST_SECONDS)
        self._patience = FIRST_SECONDS

    def restart(self):
        """Kill it as a crash would and start it again in the same folder."""
        self.candidate.kill()
        self.candidate.wait(FIRST_SECONDS)
        self._start(keep_files=True)

    def ask(self, **message):
        """The answer to one command. Raises Killed, AssertionError."""
        self._send(message)
        for _ in range(MAX_CALLS):
            reply = self._read()
            if "call" not in reply:
                return reply
            answer = self.bank.answer(reply, self.now)
            if self.kill_at and reply["call"] == self.kill_at[0]:
                self.kill_at.pop(0)
                self.restart()
                raise Killed
            self._send(answer)
        raise AssertionError(f"more than {MAX_CALLS} calls to the bank for one command")

    def _send(self, message):
        self.candidate.write(json.dumps(message).encode() + b"\n")

    def _read(self):
        assert time.monotonic() < self._ends, f"this case took more than {CASE_SECONDS:.0f} seconds"
        try:
            line = self.candidate.read_line(self._patience)
        except Ended:
            told = self.candidate.stderr[-600:].decode("utf-8", "replace")
            raise AssertionError(f"the service ended: {told}") from None
        except TimeoutError:
            raise AssertionError("the service did not answer in time") from None
        self._patience = ANSWER_SECONDS
        try:
            reply = json.loads(line[:10_000])
        except ValueError:
            raise AssertionError(f"no JSON object: {line[:200]!r}") from None
        if not isinstance(reply, dict):
            raise AssertionError(f"no JSON object: {line[:200]!r}")
        return reply

    def request(self, id="p1", account="DE02", amount_cents=1250):
        return self.ask(do="request", now=self.now, id=id, account=account, amount_cents=amount_cents)

    def tick(self, now):
        self.now = now
        reply = self.ask(do="tick", now=now)
        assert reply == {"done": True}, f"a tick was answered with {reply}"

    def ticks(self, start, stop, step=10):
        """Ticks at start, start + step, … up to and with stop; a tick that was killed is not repeated."""
        for now in range(start, stop + 1, step):
            try:
                self.tick(now)
            except Killed:
                continue

    def release(self, id="p1"):
        return self.ask(do="release", now=self.now, id=id)

    def payout(self, id="p1"):
        reply = self.ask(do="status", id=id)
        assert isinstance(reply.get("payout"), dict), f"a status was answered with {reply}"
        return reply["payout"]

    def status(self, id="p1"):
        return self.payout(id).get("status")

    def report(self):
        return self.ask(do="report").get("report")
