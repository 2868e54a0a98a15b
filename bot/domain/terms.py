"""What a definition says, in the words of a handbook: dates, owners, phases.

It must not decide anything; pages and messages only quote it.
"""

from collections.abc import Iterable, Iterator

from bot.domain import conditions
from bot.domain.markdown import inline
from bot.domain.process import Count, Definition, Due, Task
from bot.domain.wording import counted, listed


def due(rule: Due) -> str:
    """When something is due."""
    days = counted(rule.business_days, "business day")
    if rule.after:
        return f"{days} after it opens" if rule.business_days else "the day it opens"
    return f"{days} before the launch date" if rule.business_days else "the launch date"


def when(definition: Definition, condition: str) -> str:
    """Under which condition something is part of a launch."""
    titles = {name: wanted.title for name, wanted in definition.inputs.items()}
    return inline(f"only where {conditions.described(condition, titles)}")


def counted_date(definition: Definition, rule: Count) -> str:
    """How a date follows from another one."""
    start = inline(definition.inputs[rule.after].title)
    days = counted(rule.business_days, "business day")
    text = f"{days} after {start}" if rule.business_days else f"the same as {start}"
    return f"{text} ({when(definition, rule.when)})" if rule.when else text


def role(definition: Definition, name: str) -> str:
    """What people call a role."""
    return inline(definition.roles[name].title)


def phase(definition: Definition, name: str) -> str:
    """What people call a phase."""
    return inline(definition.phases[name].title)


def phases(definition: Definition, names: Iterable[str]) -> str:
    """The phases as a list in a sentence."""
    return listed([phase(definition, name) for name in names])


def complete(definition: Definition, names: Iterable[str]) -> str:
    """That these phases are complete, as a clause."""
    known = list(names)
    return f"{phases(definition, known)} {'is' if len(known) == 1 else 'are'} complete"


def numbered(tasks: Iterable[Task], prefix: str) -> Iterator[tuple[str, Task]]:
    """Tasks and sub-items with their numbers: 1.1, 1.2, 1.2.1."""
    for index, task in enumerate(tasks, 1):
        yield f"{prefix}.{index}", task
        yield from numbered(task.tasks, f"{prefix}.{index}")
