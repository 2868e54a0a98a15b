"""The part of a process that one launch needs: every `when` is decided by its inputs.

Decided once, when a launch begins; what comes out is the definition that it keeps to.
It must not read inputs from anywhere, and leaves a process without conditions as it is.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from bot.domain.conditions import comparisons, holds
from bot.domain.process import Phase, Process, Task

Inputs = Mapping[str, str]


def fit(process: Process, inputs: Inputs) -> Process:
    """The process without the phases and tasks whose condition does not hold.

    What waits for something that is left out waits for what that would have waited for.
    """
    if not any(_conditions(process)):
        return process
    phases = {
        name: _phase(phase, inputs)
        for name, phase in process.phases.items()
        if holds(phase.when, inputs)
    }
    needs = {name: located.task.needs for name, located in process.tasks().items()}
    after = {name: phase.after for name, phase in process.phases.items()}
    left = {task.id for phase in phases.values() for task in phase.walk()}
    waiting = {
        name: phase.model_copy(
            update={
                "after": _instead(phase.after, after, phases),
                "tasks": tuple(_needing(phase.tasks, needs, left)),
            }
        )
        for name, phase in phases.items()
    }
    written = process.documentation
    if written:
        kept = written.model_copy(update={"needs": _instead(written.needs, needs, left)})
        written = kept if written.phase in phases else None
    return process.model_copy(update={"phases": waiting, "documentation": written})


def deciding(process: Process) -> frozenset[str]:
    """The inputs that decide which tasks a launch of the process has, and which it supersedes."""
    texts = [text for text in _conditions(process) if text]
    named = {comparison.input for text in texts for comparison in comparisons(text)}
    return frozenset(named | ({process.supersedes} if process.supersedes else set()))


def _conditions(process: Process) -> Iterator[str | None]:
    for phase in process.phases.values():
        yield phase.when
        for task in phase.walk():
            yield task.when


def _phase(phase: Phase, inputs: Inputs) -> Phase:
    tasks = tuple(_tasks(phase.tasks, inputs))
    return phase.model_copy(update={"tasks": tasks, "when": None})


def _tasks(tasks: Iterable[Task], inputs: Inputs) -> Iterator[Task]:
    for task in tasks:
        if holds(task.when, inputs):
            below = tuple(_tasks(task.tasks, inputs))
            yield task.model_copy(update={"tasks": below, "when": None})


def _needing(
    tasks: Iterable[Task], needs: Mapping[str, Sequence[str]], left: Collection[str]
) -> Iterator[Task]:
    for task in tasks:
        below = tuple(_needing(task.tasks, needs, left))
        own = _instead(task.needs, needs, left)
        yield task.model_copy(update={"tasks": below, "needs": own})


def _instead(
    names: Iterable[str], graph: Mapping[str, Sequence[str]], left: Collection[str]
) -> tuple[str, ...]:
    """These names, each that is not left replaced by what it leads to, once each."""
    found: dict[str, None] = {}
    waiting, seen = list(names), set[str]()
    while waiting:
        name = waiting.pop(0)
        if name in left:
            found[name] = None
        elif name not in seen:
            seen.add(name)
            waiting = [*graph[name], *waiting]
    return tuple(found)
