"""Runs a folder of unittest tests and writes JUnit XML: report.py <folder> <results.xml>"""

import sys
import unittest
from xml.etree import ElementTree


class Recorder(unittest.TestResult):
    """Keeps how each test ended; a test without a fault passed."""

    def __init__(self):
        super().__init__()
        self.suite = ElementTree.Element("testsuite", name="visible")
        self.case = None

    def startTest(self, test):
        super().startTest(test)
        group, _, name = test.id().rpartition(".")
        self.case = ElementTree.SubElement(self.suite, "testcase", classname=group, name=name)

    def _fault(self, test, error, tag):
        # A module that cannot be imported fails before any test has started.
        if self.case is None or not test.id().endswith(self.case.get("name")):
            self.case = ElementTree.SubElement(self.suite, "testcase", name=test.id())
        text = self._exc_info_to_string(error, test)
        printable = "".join(sign for sign in text if sign.isprintable() or sign in "\n\t")
        ElementTree.SubElement(self.case, tag, message=printable[-1500:])

    def addError(self, test, err):
        super().addError(test, err)
        self._fault(test, err, "error")

    def addFailure(self, test, err):
        super().addFailure(test, err)
        self._fault(test, err, "failure")

    def addSkip(self, test, reason):
        super().addSkip(test, reason)
        ElementTree.SubElement(self.case, "skipped")


def main():
    folder, target = sys.argv[1:]
    sys.path.insert(0, ".")
    recorder = Recorder()
    unittest.defaultTestLoader.discover(folder, top_level_dir=".").run(recorder)
    ElementTree.ElementTree(recorder.suite).write(target, encoding="utf-8", xml_declaration=True)
    sys.exit(0 if recorder.wasSuccessful() else 1)


main()
