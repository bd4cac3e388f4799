"""The closed lists of words a pack may use."""

from enum import StrEnum


class Kind(StrEnum):
    """`io`: stdin in, stdout out, a checker decides. `project`: a small repository, tests report results."""

    IO = "io"
    PROJECT = "project"


class Difficulty(StrEnum):
    EASY = "easy"
    MEDIUM = "medium"
    HARD = "hard"


class Visibility(StrEnum):
    """`public` cases are shown and run on the candidate's click; `hidden` ones only grade."""

    PUBLIC = "public"
    HIDDEN = "hidden"


class Trust(StrEnum):
    """How far a group's results can be trusted (decision 21)."""

    OUT_OF_PROCESS = "out_of_process"
    IN_PROCESS = "in_process"


class Award(StrEnum):
    """`each`: points in proportion to the passed cases. `all`: all cases or nothing."""

    EACH = "each"
    ALL = "all"


class RunMode(StrEnum):
    """`once`: one run reports every case. `each`: a fresh run per case, the case's args appended."""

    ONCE = "once"
    EACH = "each"


class CheckerKind(StrEnum):
    EXACT = "exact"
    TOKENS = "tokens"
    FLOATS = "floats"
    UNORDERED = "unordered"


class ResultFormat(StrEnum):
    JUNIT = "junit"
    TAP = "tap"


class Status(StrEnum):
    """How a test ended. The values are those of `sandbox.protocol`; `ok` and `wrong` are told apart here."""

    OK = "ok"
    WRONG = "wrong"
    RUNTIME_ERROR = "runtime_error"
    SIGNAL = "signal"
    TIME = "time"
    MEMORY = "memory"
    OUTPUT = "output"
    DISK = "disk"
    BUILD_ERROR = "build_error"
    SANDBOX_ERROR = "sandbox_error"


# A mutant may be declared to end in any of these; sandbox_error is never a mutant's doing.
EXPECTABLE = (
    Status.WRONG,
    Status.RUNTIME_ERROR,
    Status.SIGNAL,
    Status.TIME,
    Status.MEMORY,
    Status.OUTPUT,
    Status.DISK,
    Status.BUILD_ERROR,
)

# The languages the runner knows in this version.
KNOWN_LANGUAGES = ("python", "javascript", "cpp", "java")
DEFAULT_ENTRY = {"python": "main.py", "javascript": "main.js", "cpp": "main.cpp", "java": "Main.java"}
