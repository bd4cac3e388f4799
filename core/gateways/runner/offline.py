"""The runner of a deployment without a sandbox: it runs nothing and says why."""

from __future__ import annotations

from core.base.errors import N_
from core.gateways.runner.port import OnProgress, Outcome, Plan, RunnerState, RunnerUnavailable

REASON = N_("Code running is switched off: no sandbox is configured.")
CURE = N_("Set PROOFROOM_SANDBOX_SOCKET to the socket of sandboxd (`make run` does so), then restart.")


class OfflineRunner:
    """Honest about itself: every run is refused as unavailable, never run without a sandbox."""

    def run(self, job_id: str, plan: Plan, on_progress: OnProgress) -> Outcome:
        raise RunnerUnavailable(REASON)

    def status(self) -> RunnerState:
        return RunnerState(engine="off", reason=REASON, cure=CURE)

    def cancel(self, job_id: str) -> bool:
        return False
