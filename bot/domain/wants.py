"""What a launch wants of its issues: who has them, when they are due, their labels and links.

What a person chose instead stays; `fields` sees to that. It must not write anything.
"""

from collections.abc import Iterator, Mapping

from bot.domain import dates, fields, opening
from bot.domain.observed import Observed
from bot.domain.process import ROOT, Process
from bot.domain.record import Record


def want(process: Process, observed: Observed, record: Record, values: Mapping[str, str]) -> Record:
    """The record with what is wanted now; `values` is what GitLab shows, by field."""
    for part in (ROOT, *process.phases):
        if part != ROOT and not opening.expects(process, observed, record, part):
            continue
        for field, value in _wanted(process, observed, record, part):
            name = fields.key(part, field)
            ours = field in {fields.GATE, fields.LABEL, fields.LINK}
            record = fields.want(record, name, value, values.get(name), ours=ours)
    if observed.request:
        name = fields.key("request", fields.LINK)
        record = fields.want(record, name, "yes", values.get(name))
    return record


def _wanted(
    process: Process, observed: Observed, record: Record, part: str
) -> Iterator[tuple[str, str]]:
    place = process.root if part == ROOT else process.phases[part]
    if not _is_finished(record, part):
        if holder := observed.holder(place.role):
            yield fields.ASSIGNEE, str(holder.id)
        if due := _due(process, observed, record, part):
            yield fields.DUE, due
    yield fields.LABEL, process.labels.launch
    if part != ROOT:
        yield fields.GATE, fields.gate_label(process, record.phase(part).gate)
        yield fields.LINK, "yes"


def _is_finished(record: Record, part: str) -> bool:
    """Whether a part keeps who did it and its date, also when roles and dates change."""
    return record.state == "live" if part == ROOT else record.phase(part).gate == "done"


def _due(process: Process, observed: Observed, record: Record, part: str) -> str:
    if part == ROOT:
        return record.inputs.get(process.root.due or "", "")
    day = dates.due(process, observed, record, part)
    return day.isoformat() if day else ""
