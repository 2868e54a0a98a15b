"""Markdown for pages of documentation: tables, lists and code that no content can break.

It must not be used for text that goes into GitLab's issues; `rendering` guards that.
"""

import re
from collections.abc import Iterable, Sequence

_ENTITY = re.compile(r"&(?=#?\w+;)")


def inline(text: str) -> str:
    """Text of an author as one line: Markdown stays, HTML does not."""
    return " ".join(_ENTITY.sub("&amp;", text).replace("<", "&lt;").split())


def code(text: str) -> str:
    """A name in a code span, whatever backticks it holds."""
    line = " ".join(text.split())
    longest = max((len(run) for run in re.findall("`+", line)), default=0)
    fence = "`" * (longest + 1)
    space = " " if "`" in line else ""
    return f"{fence}{space}{line}{space}{fence}"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table; a bar or a line break in a cell stays in the cell."""
    lines = [_row(head), _row(["---"] * len(head)), *(_row(row) for row in rows)]
    return "\n".join(lines)


def bullets(lines: Iterable[str]) -> str:
    """A list with a point for each line."""
    return "\n".join(f"- {line}" for line in lines)


def anchor(heading: str) -> str:
    """The address of a heading on its own page."""
    return re.sub(r"[^\w\- ]", "", heading.casefold()).replace(" ", "-")


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(_cell(cell) for cell in cells)} |"


def _cell(text: str) -> str:
    line = " ".join(text.split())
    return re.sub(r"(?<!\\)\|", r"\\|", line)
