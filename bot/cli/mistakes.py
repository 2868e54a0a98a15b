"""Mistakes as text, as JSON, and as GitLab's Code Quality report.

It must not decide what is a mistake.
The report: https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format
"""

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict

from bot.cli.files import shown
from bot.loader import Mistake

_SEVERITY = {"error": "major", "warning": "minor"}


def as_text(mistakes: Sequence[Mistake]) -> str:
    """A line for each mistake, in the form that editors and pipelines understand."""
    return "\n".join(_line(mistake) for mistake in mistakes)


def as_json(mistakes: Sequence[Mistake]) -> str:
    """A list with every mistake and all that is known of it."""
    rows = [{**asdict(mistake), "file": shown(mistake.file)} for mistake in mistakes]
    return json.dumps(rows, indent=2)


def as_codequality(mistakes: Sequence[Mistake]) -> str:
    """The report that GitLab shows in a merge request."""
    rows = [
        {
            "description": _printable(f"{mistake.message}{_cure(mistake)}"),
            "check_name": mistake.check,
            "fingerprint": fingerprint,
            "severity": _SEVERITY[mistake.severity],
            "location": {"path": shown(mistake.file), "lines": {"begin": mistake.line}},
        }
        for mistake, fingerprint in zip(mistakes, _fingerprints(mistakes), strict=True)
    ]
    return json.dumps(rows, indent=2)


def _line(mistake: Mistake) -> str:
    place = f"{shown(mistake.file)}:{mistake.line}:{mistake.column}"
    text = f"{mistake.severity}[{mistake.check}]: {mistake.message}{_cure(mistake)}"
    return _printable(f"{place}: {text}")


def _cure(mistake: Mistake) -> str:
    allowed = f"; allowed: {', '.join(mistake.allowed)}" if mistake.allowed else ""
    return allowed + (f'; did you mean "{mistake.nearest}"?' if mistake.nearest else "")


def _fingerprints(mistakes: Sequence[Mistake]) -> Iterator[str]:
    """Stable when lines move, and different for each mistake of one report."""
    seen: Counter[str] = Counter()
    for mistake in mistakes:
        what = f"{shown(mistake.file)}\0{mistake.check}\0{mistake.message}"
        yield hashlib.sha256(f"{what}\0{seen[what]}".encode()).hexdigest()
        seen[what] += 1


def _printable(text: str) -> str:
    """One line without control characters: definitions under review may hold anything."""
    return "".join(char if char.isprintable() else f"\\u{ord(char):04x}" for char in text)
