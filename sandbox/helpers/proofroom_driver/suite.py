"""Test cases of a driver, written as JUnit XML. Used as proofroom_driver.Suite."""

import contextlib
import time
import traceback
from collections.abc import Iterator
from xml.sax.saxutils import escape, quoteattr


class Suite:
    """Collects cases and writes them as JUnit XML. A case fails by any exception; the others go on."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.cases: list[tuple[str, str, float, Exception | None, str]] = []

    @contextlib.contextmanager
    def case(self, name: str, group: str = "") -> Iterator[None]:
        started = time.monotonic()
        problem: Exception | None = None
        trace = ""
        try:
            yield
        except Exception as error:
            problem, trace = error, traceback.format_exc()
        self.cases.append((name, group or self.name, time.monotonic() - started, problem, trace))

    @property
    def failed(self) -> int:
        return sum(problem is not None for _, _, _, problem, _ in self.cases)

    def write(self, path: str) -> None:
        errors = sum(p is not None and not isinstance(p, AssertionError) for _, _, _, p, _ in self.cases)
        head = f"tests=\"{len(self.cases)}\" failures=\"{self.failed - errors}\" errors=\"{errors}\""
        lines = [f"<testsuite name={quoteattr(self.name)} {head}>"]
        for name, group, seconds, problem, trace in self.cases:
            lines.append(f"<testcase name={quoteattr(name)} classname={quoteattr(group)} time=\"{seconds:.3f}\">")
            if problem is not None:
                tag = "failure" if isinstance(problem, AssertionError) else "error"
                message = quoteattr(_printable(f"{type(problem).__name__}: {problem}")[:500])
                lines.append(f"<{tag} message={message}>{escape(_printable(trace)[-4000:])}</{tag}>")
            lines.append("</testcase>")
        with open(path, "w", encoding="utf-8") as file:
            file.write('<?xml version="1.0" encoding="utf-8"?>\n' + "\n".join([*lines, "</testsuite>"]) + "\n")


def _printable(text: str) -> str:
    """Without the characters XML cannot carry: the candidate's bytes end up in messages."""
    return "".join(c if c in "\t\n\r" or "\x20" <= c <= "\ud7ff" or "\ue000" <= c <= "\ufffd" else "?" for c in text)
