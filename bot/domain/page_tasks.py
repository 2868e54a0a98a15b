"""The tasks of a process, phase by phase and by date, for its handbook page.

Every task and sub-item of the definition has to appear.
"""

from collections.abc import Iterator

from bot.domain import terms
from bot.domain.markdown import bullets, code, inline, table
from bot.domain.process import Definition, Due, Phase, Task

_EVIDENCE = {"link": "a link", "text": "a short text", "none": ""}


def sections(definition: Definition) -> Iterator[str]:
    """A part of the page for every phase, and one for all dates."""
    for number, name in enumerate(definition.phases, 1):
        yield from _phase(definition, str(number), name)
    yield from _timeline(definition)


def _phase(definition: Definition, number: str, name: str) -> Iterator[str]:
    phase = definition.phases[name]
    tasks = list(terms.numbered(phase.tasks, number))
    yield f"## {number}. {terms.phase(definition, name)}"
    yield bullets(_facts(definition, phase))
    yield table(
        ["No.", "Task", "Id", "Who", "Due", "Evidence", "Needs first"],
        [_row(definition, phase, place, task) for place, task in tasks],
    )
    yield "What done means, and what is good to know:"
    yield "\n".join(_done(place, task) for place, task in tasks)


def _facts(definition: Definition, phase: Phase) -> Iterator[str]:
    yield f"**Owner:** {terms.role(definition, phase.role)}"
    after = f"when {terms.complete(definition, phase.after)}" if phase.after else "from the start"
    yield f"**Unlocked:** {after}"
    yield f"**Issue:** {_opening(phase)}"
    if phase.when:
        yield f"**Condition:** {terms.when(definition, phase.when)}"
    if phase.due:
        yield f"**Due:** {terms.due(phase.due)}"
    yield f"**Done when:** {inline(phase.done_when)}"


def _opening(phase: Phase) -> str:
    match phase.opens:
        case "at-start":
            return "opened with the launch"
        case "when-unlocked":
            return "opened when the phase unlocks"
        case _:
            return f"opened when the label {code(str(phase.label))} is put on the root issue"


def _row(definition: Definition, phase: Phase, place: str, task: Task) -> list[str]:
    optional = f" *(optional: {inline(task.optional)})*" if task.optional else ""
    when = f" *({terms.when(definition, task.when)})*" if task.when else ""
    return [
        place,
        f"{inline(task.title)}{optional}{when}",
        code(task.id),
        terms.role(definition, task.role or phase.role),
        terms.due(task.due) if task.due else "with the phase",
        _EVIDENCE[task.evidence],
        ", ".join(code(need) for need in task.needs),
    ]


def _done(place: str, task: Task) -> str:
    hint = f" *{inline(task.hint)}*" if task.hint else ""
    return f"- {place} {code(task.id)}: {inline(task.done_when)}{hint}"


def _timeline(definition: Definition) -> Iterator[str]:
    rows = [
        ((rule.before is not None, *_order(rule, index)), [terms.due(rule), what, part, who])
        for index, name in enumerate(definition.phases)
        for part in (terms.phase(definition, name),)
        for rule, what, who in _dated(definition, definition.phases[name])
    ]
    yield "## Timelines"
    if rows:
        ordered = sorted(rows, key=lambda row: row[0])
        yield table(["Due", "What", "Phase", "Who"], [row for _, row in ordered])
    yield (
        "Only business days count; the installation says which days are none.\n"
        "The date of a phase is set when it unlocks, and a date that somebody sets by hand stays."
    )


def _order(rule: Due, phase: int) -> tuple[int, int]:
    """Days after an opening count within their phase, days before the launch over all phases."""
    return (phase, rule.business_days) if rule.after else (-rule.business_days, phase)


def _dated(definition: Definition, phase: Phase) -> Iterator[tuple[Due, str, str]]:
    for task in phase.walk():
        if task.due:
            who = terms.role(definition, task.role or phase.role)
            yield task.due, f"{code(task.id)} {inline(task.title)}", who
    if phase.due:
        yield phase.due, "**the whole phase**", terms.role(definition, phase.role)
