"""Serves on standard input and output: one JSON object a line. See README.md for the protocol."""

import json
import os
import sys

from payouts.gateway import PipeBank
from payouts.service import Refused, Service


def answer(service: Service, message: dict) -> dict:
    match message:
        case {"do": "request", "now": now, "id": id, "account": account, "amount_cents": amount_cents}:
            return {"payout": service.request(id, account, amount_cents, now)}
        case {"do": "tick", "now": now}:
            service.tick(now)
            return {"done": True}
        case {"do": "status", "id": id}:
            return {"payout": service.status(id)}
        case {"do": "release", "id": id, "now": now}:
            return {"payout": service.release(id, now)}
        case {"do": "report"}:
            return {"report": service.report()}
    return {"error": "not understood"}


def main() -> None:
    bank = PipeBank(sys.stdin, sys.stdout)
    service = Service(bank, os.environ.get("APP_JOURNAL", "journal.jsonl"))
    while line := sys.stdin.readline():
        try:
            reply = answer(service, json.loads(line))
        except Refused as refused:
            reply = {"error": str(refused)}
        print(json.dumps(reply), flush=True)


main()
