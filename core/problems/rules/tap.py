"""TAP 12-14, with the indented subtests of Node's own test runner."""

import re
from dataclasses import dataclass, field

from core.problems.rules.named import MAX_MESSAGE, MAX_NAME, MAX_RESULTS, NamedResult, ReadResults, clean

_RESULT = re.compile(r"(not )?ok\b(?: +([0-9]{1,9}))?(?: +-)?(?: +(.*))?\Z")
_PLAN = re.compile(r"1\.\.([0-9]{1,9})(?:\s*#\s*(?P<skip>skip\b.*))?", re.IGNORECASE)
_DIRECTIVE = re.compile(r"(?:^|\s)#\s*(skip|todo)\b\s*(.*)\Z", re.IGNORECASE)
_INDENT = 4
MAX_DEPTH = 30


@dataclass(slots=True)
class _Line:
    depth: int
    path: list[str]
    ok: bool
    message: str


@dataclass(slots=True)
class _State:
    lines: list[_Line] = field(default_factory=list)
    plan: int | None = None
    top: int = 0
    block: str | None = None
    diagnostics: list[str] = field(default_factory=list)
    fault: str = ""


def read_tap(data: bytes) -> ReadResults:
    """Every result line, a subtest as "parent > child"; a plan that is missing or not kept is a fault."""
    state = _State()
    for raw in data.decode("utf-8", "replace").split("\n"):
        _read_line(state, raw.rstrip("\r"))
        if state.fault:
            break
    _close_block(state)
    if not state.fault:
        state.fault = _plan_fault(state)
    return ReadResults(tuple(_named(line) for line in state.lines), state.fault)


def _plan_fault(state: _State) -> str:
    if state.plan is None:
        return "The TAP output has no plan line (1..n): the run did not come to its end."
    if state.plan != state.top:
        return f"The TAP plan promises {state.plan} tests, {state.top} were reported."
    return ""


def _read_line(state: _State, line: str) -> None:
    text = line.lstrip(" ")
    spaces = len(line) - len(text)
    if state.block is not None:
        _in_block(state, line, text)
    elif text == "---" and state.lines:
        state.block = line[:spaces]
        state.diagnostics = []
    elif match := _RESULT.match(text):
        _take_result(state, spaces // _INDENT, match)
    elif spaces == 0 and text.startswith("Bail out!"):
        state.fault = f"The run bailed out: {clean(text[9:], 200) or 'no reason given'}"
    elif spaces == 0 and (plan := _PLAN.match(text)):
        state.plan = int(plan[1])


def _in_block(state: _State, line: str, text: str) -> None:
    if text == "..." and line.startswith(state.block or ""):
        _close_block(state)
    elif len(state.diagnostics) < 60:
        state.diagnostics.append(line[len(state.block or "") :])


def _close_block(state: _State) -> None:
    if state.block is not None and state.lines:
        last = state.lines[-1]
        if not last.ok and not last.message:
            last.message = clean("\n".join(state.diagnostics), MAX_MESSAGE)
    state.block = None


def _take_result(state: _State, depth: int, match: re.Match[str]) -> None:
    if len(state.lines) >= MAX_RESULTS or depth > MAX_DEPTH:
        state.fault = f"The TAP output holds more than {MAX_RESULTS} tests or {MAX_DEPTH} levels."
        return
    text = match[3] or ""
    directive = _DIRECTIVE.search(text[-1000:])
    if directive:
        text = text[: len(text) - len(text[-1000:]) + directive.start()]
    name = clean(re.sub(r"\\([#\\])", r"\1", text), MAX_NAME) or (match[2] or "")
    skipped = directive is not None and directive[1].lower() == "skip"
    message = f"skipped: {clean(directive[2], 200)}" if skipped and directive else ""
    # A parent's line comes after its children's: they were waiting one level deeper.
    for line in reversed(state.lines):
        if line.depth <= depth:
            break
        line.depth = depth
        line.path.insert(0, name)
    if depth == 0:
        state.top += 1
    state.lines.append(_Line(depth, [name], match[1] is None and not skipped, message))


def _named(line: _Line) -> NamedResult:
    return NamedResult(" > ".join(line.path)[:MAX_NAME], line.path[-1], line.ok, line.message)
