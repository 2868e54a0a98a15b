"""Why a launch, a phase or a task stands as it does: which rule, which event, who, when."""

import re
from collections.abc import Iterator
from datetime import datetime

from bot.domain import checklists, dates, fields, gates, messages
from bot.domain.commands.command import code
from bot.domain.observed import Observed
from bot.domain.process import ROOT
from bot.domain.progress import Progress
from bot.domain.record import Deed
from bot.domain.rendering import inline
from bot.domain.steering import votes
from bot.domain.steering.order import Order
from bot.domain.wording import counted

_ADDRESS = re.compile(r"https?://[^\s`@]+")
_GATES = {
    "locked": "It is locked: it waits for {waits}.",
    "open": "It is open since {opened}.",
    "done": "It is done since {done}.",
}


def of(order: Order) -> Iterator[str]:
    """The reasons, a line each."""
    target = order.command.target
    if target is None:
        yield from _launch(order)
    elif target.kind == "phase":
        yield from _phase(order, target.name)
    else:
        yield from _task(order, target.name)


def told(deed: Deed, observed: Observed) -> str:
    """Who decided something, when, and why."""
    why = f": {inline(deed.why)}" if deed.why else ""
    return f"{code(deed.by)} on {_day(deed.at, observed)}{why}"


def _launch(order: Order) -> Iterator[str]:
    record, observed = order.record, order.observed
    yield f"It is {record.state}, and began on {_day(record.started, observed)}."
    for about in ("pause", "cancel"):
        if deed := record.deeds.get(about):
            yield f"`{about}` by {told(deed, observed)}."
    waits = [name for name in order.process.phases if record.phase(name).gate != "done"]
    if waits:
        yield f"To go live it waits for {messages.titles(order.process, observed, waits)}."
    for role in votes.outstanding(order.process, record):
        yield f"It waits for the vote of **{order.process.roles[role].title}**."
    yield from _decided(order, "waiting.partner", "The partner has the ball, says")
    yield from _date(order, ROOT)


def _phase(order: Order, name: str) -> Iterator[str]:
    record, observed = order.record, order.observed
    phase = record.phase(name)
    waits = gates.waits_for(order.process, record, name)
    yield _GATES[phase.gate].format(
        waits=messages.titles(order.process, observed, waits) or "nothing",
        opened=_day(phase.opened, observed),
        done=_day(phase.done, observed),
    )
    if phase.gate == "done":
        yield from _decided(order, f"{name}.closed", "It was closed in GitLab by")
    else:
        yield from _decided(order, f"{name}.reopened", "It was reopened in GitLab by")
    yield from _decided(order, f"unlock.{name}", "It was unlocked by")
    yield from _decided(order, f"close.{name}", "It was closed as it is by")
    if phase.gate == "open":
        missing = Progress.of(order.process, observed, record).missing(name)
        yield from (f"Not complete: {line}." for line in missing)
    yield from _owner(order, name)
    yield from _date(order, name)


def _task(order: Order, name: str) -> Iterator[str]:
    located, record = order.process.tasks()[name], order.record
    issue = order.observed.phases.get(located.phase)
    box = checklists.read(issue.description).get(name) if issue else None
    shown = {"open": "not ticked", "done": "ticked", "skipped": "crossed out", None: "not there"}
    deed = record.deeds.get(fields.key(located.phase, fields.box(name)))
    field = record.fields.get(fields.key(located.phase, fields.box(name)))
    by_command = deed and field and field.want == box
    who = f" by {told(deed, order.observed)}" if by_command and deed else " in GitLab"
    yield f"Its box is {shown[box]}{who if box in {'done', 'skipped'} else ''}."
    yield f"It is done when: {located.task.done_when}"
    progress = Progress.of(order.process, order.observed, record)
    yield from (f"It needs {need} first." for need in progress.waits_for(located.task))
    if owner := record.task_owners.get(name):
        yield f"{code(owner.username)} is accountable for it."
    if day := record.task_dues.get(name):
        yield f"It is due on {day}."
    if shows := record.evidence.get(name):
        # An address in which nothing acts is whole, so that it can be copied.
        yield f"What shows it: {f'`{shows}`' if _ADDRESS.fullmatch(shows) else inline(shows)}"


def _owner(order: Order, part: str) -> Iterator[str]:
    name = fields.key(part, fields.ASSIGNEE)
    field, deed = order.record.fields.get(name), order.record.deeds.get(name)
    who = messages.name(messages.owner(order.process, order.observed, part), order.observed)
    if field and field.by == "person":
        by = f"by {told(deed, order.observed)}" if deed else "in GitLab"
        yield f"{who} is accountable, assigned {by}."
    else:
        role = order.process.roles[order.process.phases[part].role].title
        yield f"{who} is accountable, who holds the role **{role}**."


def _date(order: Order, part: str) -> Iterator[str]:
    name = fields.key(part, fields.DUE)
    field, deed = order.record.fields.get(name), order.record.deeds.get(name)
    if field is None or not field.want:
        return
    if field.by == "person":
        by = f"by {told(deed, order.observed)}" if deed else "in GitLab"
        yield f"It is due on {field.want}, set {by}."
    else:
        yield f"It is due on {field.want}, {_rule(order, part)}."


def _rule(order: Order, part: str) -> str:
    if part == ROOT:
        return "as the request says"
    if effort := order.record.deeds.get(f"effort.{part}"):
        count = order.record.efforts[part]
        return (
            f"{counted(count, 'business day')} after it opened, by {told(effort, order.observed)}"
        )
    return dates.rule(order.process, part)


def _decided(order: Order, about: str, words: str) -> Iterator[str]:
    if deed := order.record.deeds.get(about):
        yield f"{words} {told(deed, order.observed)}."


def _day(moment: datetime | None, observed: Observed) -> str:
    return str(observed.installation.days.today(moment)) if moment else "a day that I do not know"
