"""Drives a candidate's program from the driver's box. Put beside every driver by the sandbox; standard library only.

    from proofroom_driver import Candidate, Suite

    suite = Suite("payouts")
    candidate = Candidate()

    with suite.case("retries once after a time-out"):
        service = candidate.start(bridge=True, listen=[9000])   # it may connect to 127.0.0.1:9000, and serves on 8080
        candidate.answer(9000, provider_port)                   # what it opens there comes to our provider_port
        base = f"http://127.0.0.1:{candidate.forward(8080)}"    # and this is its port 8080, for urllib
        ...
        assert calls == 1, calls

    suite.write("results.xml")

Nothing here is a secret, and nothing the candidate sends is trusted: it is only bytes.
"""

from .bridge import Ended
from .candidate import Candidate
from .suite import Suite

__all__ = ["Candidate", "Ended", "Suite"]
