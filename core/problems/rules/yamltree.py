"""task.yaml as a tree of nodes with line numbers, and nothing a hostile file could abuse.

Aliases (exponential trees), tags, several documents, deep nesting and huge files are refused
before the tree is composed; nothing is ever constructed from a tag.
"""

import yaml

from core.problems.rules.problem import Problems

MAX_BYTES = 256 * 1024
MAX_EVENTS = 40_000
MAX_DEPTH = 12


class Refused(Exception):
    """The text breaks a bound; carries the line and the message."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(message)
        self.line = line
        self.message = message


def compose(path: str, data: bytes, problems: Problems) -> yaml.MappingNode | None:
    """The top mapping of a YAML file, or None with the reason added to `problems`."""
    try:
        text = _decode(data)
        _check_events(text)
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except Refused as refused:
        problems.add(path, refused.line, refused.message)
        return None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 0
        problems.add(path, line, f"is not valid YAML: {error.problem or error.context}")
        return None
    except (yaml.YAMLError, ValueError) as error:
        problems.add(path, 0, f"is not valid YAML: {str(error).splitlines()[0]}")
        return None
    if not isinstance(node, yaml.MappingNode):
        problems.add(path, 1, "must be a mapping of fields; start it with `format: 1`")
        return None
    return node


def _decode(data: bytes) -> str:
    if len(data) > MAX_BYTES:
        raise Refused(0, f"is larger than {MAX_BYTES // 1024} KiB; move test data into tests/<group>/ files")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise Refused(line, "is not UTF-8; save the file as UTF-8") from None


def _check_events(text: str) -> None:
    depth = documents = 0
    for number, event in enumerate(yaml.parse(text, Loader=yaml.SafeLoader)):
        line = event.start_mark.line + 1 if event.start_mark else 0
        if number > MAX_EVENTS:
            raise Refused(line, f"has more than {MAX_EVENTS} values; move test data into files")
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise Refused(line, "uses a YAML anchor or alias; write the value out in full")
        tag = getattr(event, "tag", None)
        if tag:
            raise Refused(line, f"uses the YAML tag {str(tag)[:60]}; write a plain value")
        if isinstance(event, yaml.DocumentStartEvent):
            documents += 1
            if documents > 1:
                raise Refused(line, "holds several YAML documents; keep one, without a second `---`")
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > MAX_DEPTH:
                raise Refused(line, f"is nested deeper than {MAX_DEPTH} levels; flatten it")
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
