"""Names edits in the evidence log a few seconds after they were stored.

The timer may be lost: what no event names yet is found from the rows at the next edit, run or at the end.
"""

from __future__ import annotations

import uuid

from core.base.clock import utc_now
from core.base.log import get_log
from core.ledger.errors import LogSealed
from core.workspaces.recording import record_edits
from server.sockets import SocketDoor

log = get_log(__name__)
QUIET_SECONDS = 5


class Recorder:
    """At most one ``edited`` event in QUIET_SECONDS for each workspace of this process."""

    def __init__(self, door: SocketDoor) -> None:
        self.door = door
        self.waiting: set[tuple[int, uuid.UUID]] = set()

    def soon(self, workspace_id: int, log_id: uuid.UUID) -> None:
        """Record this workspace's edits in a moment, together with those that follow until then."""
        if (workspace_id, log_id) in self.waiting:
            return
        self.waiting.add((workspace_id, log_id))
        self.door.server.start_background_task(self._later, workspace_id, log_id)

    def _later(self, workspace_id: int, log_id: uuid.UUID) -> None:
        self.door.server.sleep(QUIET_SECONDS)
        self.waiting.discard((workspace_id, log_id))
        try:
            with self.door.wiring.database.unit_of_work() as session:
                record_edits(session, workspace_id, log_id, utc_now())
        except LogSealed:
            log.info("edits.after_seal", workspace=workspace_id)
        except Exception as error:
            log.warning("edits.not_recorded", workspace=workspace_id, reason=type(error).__name__)
