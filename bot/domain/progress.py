"""How far a phase is: its tasks as ticked, what is missing to close it, and what is next.

Reads only what was seen and the definition; it must not decide what to do about it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from bot.domain import checklists
from bot.domain.checklists import Box
from bot.domain.observed import Observed
from bot.domain.process import Process, Task
from bot.domain.record import Record


@dataclass(frozen=True, slots=True)
class Progress:
    """The tasks of every phase of a launch, with the boxes that people ticked."""

    process: Process
    boxes: Mapping[str, Mapping[str, Box]]
    waived: frozenset[str] = frozenset()

    @classmethod
    def of(cls, process: Process, observed: Observed, record: Record) -> "Progress":
        """The progress that the phase issues show, and what somebody entitled left out."""
        texts = {name: issue.description for name, issue in observed.phases.items()}
        boxes = {name: checklists.read(text) for name, text in texts.items()}
        skipped = (about.partition(".") for about in record.deeds)
        return cls(process, boxes, frozenset(task for kind, _, task in skipped if kind == "skip"))

    def done(self, phase: str) -> int:
        """How many required tasks of a phase are ticked."""
        return sum(1 for task in self._required(phase) if self._box(phase, task) == "done")

    def required(self, phase: str) -> int:
        """How many tasks of a phase are required."""
        return sum(1 for _ in self._required(phase))

    def missing(self, phase: str) -> tuple[str, ...]:
        """What a phase lacks to be closed: a line for each required task, empty when complete."""
        return tuple(
            line for task in self._required(phase) if (line := self._lack(phase, task)) is not None
        )

    def next(self, phase: str) -> Task | None:
        """The first required task that is not ticked and waits for no other."""
        for task in self._required(phase):
            if self._box(phase, task) != "done" and not self.waits_for(task):
                return task
        return None

    def waits(self, phase: str) -> bool:
        """Whether nothing can be done in a phase until tasks of others are done."""
        return self.next(phase) is None and bool(self.missing(phase))

    def _required(self, phase: str) -> Iterator[Task]:
        skipped = {task for task, box in self.boxes.get(phase, {}).items() if box == "skipped"}
        return self.process.phases[phase].required(self.waived & skipped)

    def _box(self, phase: str, task: Task) -> Box | None:
        return self.boxes.get(phase, {}).get(task.id)

    def _lack(self, phase: str, task: Task) -> str | None:
        box = self._box(phase, task)
        if box is None:
            return f"`{task.id}`: its line is gone; add it back as `` - [ ] `{task.id}` ``"
        waits = ", ".join(self.waits_for(task))
        if box == "done":
            return f"`{task.id}` is ticked, but needs first: {waits}" if waits else None
        crossed = " (it is crossed out, but required)" if box == "skipped" else ""
        return f"`{task.id}`: {task.title}{crossed}{f'; needs first: {waits}' if waits else ''}"

    def waits_for(self, task: Task) -> list[str]:
        """The tasks that must be done before this one and are not."""
        tasks = self.process.tasks()
        needed = (tasks[need] for need in task.needs)
        return [
            f"`{need.task.id}` ({self.process.phases[need.phase].title})"
            for need in needed
            if not self._met(need.phase, need.task)
        ]

    def _met(self, phase: str, task: Task) -> bool:
        box = self._box(phase, task)
        return box == "done" or (box == "skipped" and task not in self._required(phase))
