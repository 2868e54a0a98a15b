"""The reports of `launchbot docs-check` that GitLab shows: JUnit, Code Quality and annotations.

https://docs.gitlab.com/ci/yaml/artifacts_reports/
They hold what the lines say, and nothing else of the job.
"""

import hashlib
import json
from collections.abc import Mapping
from xml.etree import ElementTree as ET

from bot.domain.alignment.check import Line, Report

_PLACE = ".gitlab-ci.yml"
"""A finding is about the merge request, and Code Quality wants a file: that of the check."""


def junit(report: Report) -> str:
    """One test case for each rule, shown in the merge request and in the pipeline."""
    failures = sum(line.outcome == "fails" for line in report.lines)
    counts = {"tests": str(len(report.lines)), "failures": str(failures)}
    suites = ET.Element("testsuites")
    suite = ET.SubElement(suites, "testsuite", {"name": "docs-check", **counts})
    for line in report.lines:
        case = ET.SubElement(suite, "testcase", {"name": line.id, "classname": "docs-check"})
        if line.outcome == "fails":
            ET.SubElement(case, "failure", {"message": line.text}).text = line.text
        else:
            ET.SubElement(case, "system-out").text = line.text
    return ET.tostring(suites, encoding="unicode", xml_declaration=True)


def codequality(report: Report) -> str:
    """What fails, for the widget in the merge request."""
    return json.dumps(
        [_quality(line) for line in report.lines if line.outcome == "fails"], indent=2
    )


def _quality(line: Line) -> Mapping[str, object]:
    return {
        "description": line.text,
        "check_name": f"docs-check/{line.id}",
        "fingerprint": hashlib.sha256(f"docs-check\0{line.id}".encode()).hexdigest(),
        "severity": line.severity,
        "location": {"path": _PLACE, "lines": {"begin": 1}},
    }


def annotations(report: Report, merge_request: str) -> str:
    """Links on the page of the job: to the merge request, and to the verdict there."""
    links = {"The merge request": merge_request} if merge_request else {}
    if merge_request and report.note is not None:
        links["The verdict"] = f"{merge_request}#note_{report.note}"
    shown = [{"external_link": {"label": label, "url": url}} for label, url in links.items()]
    return json.dumps({"Documentation check": shown}, indent=2)
