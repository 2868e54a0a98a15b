"""Task lists in issue texts: how a task is written there, and how its box is read back.

A task line carries the short id in a code span, so that it is found again whatever people
do to the words around it.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Literal

from bot.domain.process import Definition, Phase, Task

Box = Literal["open", "done", "skipped"]

_LINE = re.compile(
    r"^[ \t]*(?:[-*+]|[0-9]{1,9}[.)])[ \t]+\[(?P<box>[ xX~])\][ \t]+"
    r"[*_~]{0,4}`(?P<id>[a-z0-9_-]{1,40})`",
    re.MULTILINE,
)
_BOXES: Mapping[str, Box] = {" ": "open", "x": "done", "X": "done", "~": "skipped"}


def read(description: str) -> dict[str, Box]:
    """The boxes of a description by task id; of two lines with one id the first counts."""
    boxes: dict[str, Box] = {}
    for match in _LINE.finditer(description):
        boxes.setdefault(match["id"], _BOXES[match["box"]])
    return boxes


def mark(description: str, task: str, box: Box) -> str:
    """The description with the box of a task set; the same text if it has no such line."""
    sign = next(sign for sign, shown in _BOXES.items() if shown == box)
    for match in _LINE.finditer(description):
        if match["id"] == task:
            start, end = match.span("box")
            return f"{description[:start]}{sign}{description[end:]}"
    return description


def write(process: Definition, phase: str) -> str:
    """The task list of a new phase issue, sub-items indented below their item."""
    return "\n".join(_lines(process, process.phases[phase], process.phases[phase].tasks, 0))


def _lines(process: Definition, phase: Phase, tasks: Iterable[Task], depth: int) -> Iterator[str]:
    for task in tasks:
        pad = "  " * depth
        yield f"{pad}- [ ] `{task.id}` **{task.title}**"
        yield from (f"{pad}  - {line}" for line in _details(process, phase, task))
        yield from _lines(process, phase, task.tasks, depth + 1)


def _details(process: Definition, phase: Phase, task: Task) -> Iterator[str]:
    if task.role and task.role != phase.role:
        yield f"Owner: {process.roles[task.role].title}"
    yield f"Done when: {task.done_when}"
    if task.optional:
        yield f"Optional: {task.optional}"
    if task.needs:
        yield "Needs first: " + ", ".join(f"`{need}`" for need in task.needs)
    if task.evidence != "none":
        yield f"Evidence: a {task.evidence}, here or in a comment"
    if task.hint:
        yield f"Hint: {' '.join(task.hint.split())}"
