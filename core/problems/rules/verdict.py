"""What came back from a run, and what it means for each case: values shared by judge, score and prove."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from core.problems.rules.checkers import Difference
from core.problems.rules.kinds import Status


@dataclass(frozen=True, slots=True)
class TestOutcome:
    """How one planned test ended, as the sandbox reports it.

    `status` is never WRONG here: the sandbox knows no expected output. `collected` maps the plan's
    `collect` names to the content of the files that were there.
    """

    __test__ = False

    id: str
    status: Status
    stdout: bytes = b""
    truncated: bool = False
    collected: Mapping[str, bytes] = field(default_factory=dict)
    message: str = ""


@dataclass(frozen=True, slots=True)
class CaseVerdict:
    """The verdict on one case. `difference` is set by checkers, `message` by everything else."""

    group: str
    case: str
    status: Status
    message: str = ""
    difference: Difference | None = None

    @property
    def passed(self) -> bool:
        return self.status is Status.OK
