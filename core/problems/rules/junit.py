"""JUnit XML, read with defusedxml: no DTD, no entities, bounded."""

from io import BytesIO
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import iterparse

from core.problems.rules.named import MAX_MESSAGE, MAX_NAME, MAX_RESULTS, NamedResult, ReadResults, clean

MAX_DEPTH = 30
BAD = ("failure", "error", "skipped")


def read_junit(data: bytes) -> ReadResults:
    """Every <testcase> of the file, as `classname.name`."""
    found: list[NamedResult] = []
    depth = 0
    root = ""
    try:
        for event, element in iterparse(BytesIO(data), events=("start", "end"), forbid_dtd=True):
            if event == "start":
                depth += 1
                root = root or element.tag
                if depth > MAX_DEPTH:
                    return ReadResults(tuple(found), f"The XML is nested deeper than {MAX_DEPTH} levels.")
                continue
            depth -= 1
            if element.tag == "testcase":
                if len(found) >= MAX_RESULTS:
                    return ReadResults(tuple(found), f"The file names more than {MAX_RESULTS} tests.")
                found.append(_result(element))
            if element.tag in ("testcase", "testsuite", "properties"):
                element.clear()
    except DefusedXmlException:
        return ReadResults(tuple(found), "The XML holds a DTD or entities; JUnit results need neither.")
    except (ParseError, LookupError, ValueError) as error:
        return ReadResults(tuple(found), f"The file is not valid XML: {clean(str(error), 200)}.")
    if root not in ("testsuites", "testsuite"):
        return ReadResults((), "The XML is not JUnit: its top must be <testsuites> or <testsuite>.")
    return ReadResults(tuple(found))


def _result(case: Element) -> NamedResult:
    short = clean(case.get("name") or "", MAX_NAME)
    group = clean(case.get("classname") or "", MAX_NAME)
    name = f"{group}.{short}"[:MAX_NAME] if group else short
    for child in case:
        if child.tag in BAD:
            text = child.get("message") or child.text or child.tag
            return NamedResult(name, short, False, clean(text, MAX_MESSAGE))
    return NamedResult(name, short, True)
