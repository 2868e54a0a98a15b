"""Dates: when a phase is due, and when to look at a launch again.

Business days by the installation's calendar; a date that a person set is not touched here.
"""

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from bot.domain import conditions, fields
from bot.domain.observed import Observed
from bot.domain.process import ROOT, TODAY, Process
from bot.domain.record import Record
from bot.domain.wording import counted

_DAY = timedelta(days=1)


def launch_date(process: Process, record: Record) -> date | None:
    """The launch date: what the root issue is due, else what the request said."""
    if process.root.due is None:
        return None
    field = record.fields.get(fields.key(ROOT, fields.DUE))
    value = field.want if field else record.inputs.get(process.root.due, "")
    return date.fromisoformat(value) if value else None


def completed(process: Process, observed: Observed, inputs: Mapping[str, str]) -> Mapping[str, str]:
    """The inputs with the dates that follow from others, or from the day on which it started."""
    values = dict(inputs)
    days = observed.installation.days
    began = days.today(observed.root.created_at if observed.root else observed.now)
    for name, wanted in process.inputs.items():
        if name not in values and wanted.default == TODAY and wanted.type == "date":
            values[name] = began.isoformat()
    for name in process.inputs:
        if name not in values and (day := _counted(process, observed, values, name)):
            values[name] = day.isoformat()
    return values


def changed(
    process: Process, observed: Observed, inputs: Mapping[str, str], given: Mapping[str, str]
) -> Mapping[str, str]:
    """The inputs after some were given anew; dates that nobody chose follow from others again.

    What is to be sooner now is not due in the past: it is due today, or the next business day.
    """
    values = {**inputs, **given}
    soonest = observed.installation.days.add(observed.today(), 0)
    for name in process.inputs:
        before = _counted(process, observed, inputs, name)
        after = _counted(process, observed, values, name)
        followed = before and inputs.get(name) == before.isoformat() and name not in given
        if followed and before and after and after != before:
            day = after if after > before else min(before, max(after, soonest))
            values[name] = day.isoformat()
    return values


def _counted(
    process: Process, observed: Observed, values: Mapping[str, str], name: str
) -> date | None:
    """When a date is that follows from others; None if it does not follow."""
    rules = process.inputs[name].counts
    rule = next((rule for rule in rules if conditions.holds(rule.when, values)), None)
    if rule is None or rule.after not in values:
        return None
    start = date.fromisoformat(values[rule.after])
    return observed.installation.days.add(start, rule.business_days)


def due(process: Process, observed: Observed, record: Record, phase: str) -> date | None:
    """When a phase is due by its effort, else by its rule; None while it is locked."""
    rule, opened = process.phases[phase].due, record.phase(phase).opened
    days = observed.installation.days
    if opened is None:
        return None
    if effort := record.efforts.get(phase):
        return days.add(days.today(opened), effort)
    if rule is None:
        return None
    if rule.after:
        return days.add(days.today(opened), rule.business_days)
    launch = launch_date(process, record)
    return days.before(launch, rule.business_days) if launch else None


def rule(process: Process, phase: str) -> str:
    """The due rule of a phase in words."""
    given = process.phases[phase].due
    if given is None:
        return "which has no rule"
    days = counted(given.business_days, "business day")
    return f"{days} after it opened" if given.after else f"{days} before the launch date"


def wake_at(observed: Observed, record: Record) -> datetime | None:
    """When to look without any event: an open phase becomes late, or a refusal has rested."""
    days, today = observed.installation.days, observed.today()
    last = [
        issue.due
        for name, issue in observed.phases.items()
        if issue.due and today <= issue.due < date.max and record.phase(name).gate == "open"
    ]
    last += [today] if record.refused else []
    stand_ins = (*observed.installation.stand_ins.values(), *record.stand_ins.values())
    last += [held.until for held in stand_ins if held.until and today <= held.until < date.max]
    return days.begins(min(last) + _DAY) if last else None


def tomorrow(observed: Observed) -> datetime:
    """The moment at which what was refused today is asked for again."""
    return observed.installation.days.begins(observed.today() + _DAY)
