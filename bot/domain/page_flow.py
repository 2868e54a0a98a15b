"""The flow of a process as a picture and in sentences, for its handbook page.

It must not say more than which phase waits for which.
"""

from collections.abc import Iterator

from bot.domain import terms
from bot.domain.markdown import code
from bot.domain.process import Definition
from bot.domain.wording import listed


def sections(definition: Definition) -> Iterator[str]:
    """The part of the page that shows the flow."""
    yield "## Flow"
    yield "\n".join(["```mermaid", "flowchart LR", *_picture(definition), "```"])
    yield "\n".join(_sentences(definition))


def _picture(definition: Definition) -> Iterator[str]:
    """Nodes are numbered, because names could be words of the picture's language."""
    numbers = {name: f"phase{index}" for index, name in enumerate(definition.phases, 1)}
    yield '  request(["Request"])'
    for name, phase in definition.phases.items():
        title = _label(terms.phase(definition, name))
        yield f'  {numbers[name]}["{title}<br/>{_label(terms.role(definition, phase.role))}"]'
    yield '  live(["Live"])'
    for before, name in _ways(definition):
        yield f"  {numbers.get(before, before)} --> {numbers.get(name, name)}"
    for giver, taker, task in _crossing(definition):
        yield f'  {numbers[giver]} -. "{_label(task)}" .-> {numbers[taker]}'


def _ways(definition: Definition) -> Iterator[tuple[str, str]]:
    awaited = {before for phase in definition.phases.values() for before in phase.after}
    for name, phase in definition.phases.items():
        for before in phase.after or ("request",):
            yield before, name
    for name in definition.phases:
        if name not in awaited:
            yield name, "live"


def _label(text: str) -> str:
    return text.replace('"', "#quot;")


def _sentences(definition: Definition) -> Iterator[str]:
    waiting: dict[frozenset[str], list[str]] = {}
    for name, phase in definition.phases.items():
        waiting.setdefault(frozenset(phase.after), []).append(name)
    for after, names in waiting.items():
        yield _begins(definition, [name for name in definition.phases if name in after], names)
    given: dict[tuple[str, str], list[str]] = {}
    for giver, taker, task in _crossing(definition):
        given.setdefault((giver, taker), []).append(code(task))
    for (giver, taker), tasks in given.items():
        takes, gives = terms.phase(definition, taker), terms.phase(definition, giver)
        yield f"While both are under way, {takes} needs {listed(tasks)} from {gives}."
    ends = [name for name, end in _ways(definition) if end == "live"]
    yield (
        f"When {terms.complete(definition, ends)}, closing the root issue makes the launch live."
    )


def _begins(definition: Definition, after: list[str], names: list[str]) -> str:
    titles = listed([terms.phase(definition, name) for name in names])
    when = f"when {terms.complete(definition, after)}" if after else "as soon as it is asked for"
    if len(names) == 1:
        return f"{titles} begins {when}."
    return f"{titles} begin {when}, and run side by side."


def _crossing(definition: Definition) -> Iterator[tuple[str, str, str]]:
    """Needs between phases of which none waits for the other: the giver, the taker, the task."""
    phase_of = {task.id: name for name, phase in definition.phases.items() for task in phase.walk()}
    earlier = {name: _earlier(definition, name) for name in definition.phases}
    for taker, phase in definition.phases.items():
        for task in phase.walk():
            for need in task.needs:
                if phase_of[need] not in earlier[taker] | {taker}:
                    yield phase_of[need], taker, need


def _earlier(definition: Definition, name: str) -> set[str]:
    """All phases that a phase waits for, also by way of others."""
    before = set(definition.phases[name].after)
    return before.union(*(_earlier(definition, other) for other in before))
