"""Every table of the application, imported so that one metadata object knows them all."""

from core.accounts import models as accounts
from core.assessments import models as assessments
from core.audit import models as audit
from core.base import blobs, heartbeats, queue, stored_settings
from core.base.db import Base
from core.grading import models as grading
from core.ledger import models as ledger
from core.notifications import models as notifications
from core.problems import models as problems
from core.review import models as review
from core.runs import models as runs
from core.workspaces import models as workspaces

TABLES = (
    accounts, assessments, audit, blobs, grading, heartbeats, ledger, notifications, problems, queue, review, runs,
    stored_settings, workspaces,
)  # fmt: skip
metadata = Base.metadata
