"""Gates: which phase may be worked on, which is done, and when the launch is live.

Works on levels: it looks at what is closed and ticked now, never at what just happened.
Finished work stays finished; closing is a claim that is checked, and refused once.
"""

from collections.abc import Iterable, Iterator
from datetime import date

from bot.domain import dates, fields, gate_messages, messages
from bot.domain.alignment import launches
from bot.domain.observed import Observed
from bot.domain.opening import expects
from bot.domain.process import ROOT, Process
from bot.domain.progress import Progress
from bot.domain.record import Deed, Gate, Managed, PhaseRecord, Record
from bot.domain.steering import votes
from bot.domain.steering.actors import objection

_CLOSED, _REOPENED = "closed", "reopened"
_VERBS = {_CLOSED: "done", _REOPENED: "undo"}
"""Who may tick the tasks of a phase may close and reopen it."""


def advance(process: Process, observed: Observed, record: Record) -> Record:
    """The record after every gate has moved as far as it may, with the comments this owes."""
    if record.state == "live" and observed.root and observed.root.closed:
        return record
    for phase in process.order():
        record = _move(process, observed, record, phase)
        record = _check_closing(process, observed, record, phase)
        record = _check_reopening(process, observed, record, phase)
        record = _check_label(process, observed, record, phase)
    for part in (ROOT, *process.phases):
        record = _check_launch_label(process, observed, record, part)
    return _finish(process, observed, record)


def waits_for(process: Process, record: Record, phase: str) -> list[str]:
    """The phases that must be done before this one unlocks and are not."""
    if f"unlock.{phase}" in record.deeds:
        return []
    return [name for name in process.phases[phase].after if record.phase(name).gate != "done"]


def _gate(process: Process, observed: Observed, record: Record, phase: str) -> Gate:
    issue = observed.phases.get(phase)
    if record.phase(phase).gate == "done" and (issue is None or issue.closed):
        return "done"
    if record.phase(phase).gate == "done" and _whose(process, observed, record, phase, _REOPENED):
        return "done"
    if waits_for(process, record, phase):
        return "locked"
    complete = f"close.{phase}" in record.deeds or not missing(process, observed, record, phase)
    return "done" if issue and issue.closed and complete else "open"


def missing(process: Process, observed: Observed, record: Record, phase: str) -> tuple[str, ...]:
    """What a phase lacks to be done, as it is: a line each."""
    whose = _whose(process, observed, record, phase, _CLOSED)
    stranger = [f"somebody who may close it: that is for {whose}"] if whose else []
    documents = launches.unready(process, observed, record, phase)
    return (*Progress.of(process, observed, record).missing(phase), *documents, *stranger)


def _whose(
    process: Process, observed: Observed, record: Record, part: str, deed: str
) -> str | None:
    """For whom closing or reopening is, if somebody else did it; None if it counts."""
    verb = "live" if part == ROOT else _VERBS[deed]
    return objection(process, observed, record, fields.key(part, deed), verb)


def _move(process: Process, observed: Observed, record: Record, phase: str) -> Record:
    before, gate = record.phase(phase), _gate(process, observed, record, phase)
    if before.gate == gate:
        return record
    opened = before.opened if gate == "locked" else before.opened or observed.now
    done = observed.now if gate == "done" else None
    record = record.with_phase(phase, PhaseRecord(gate=gate, opened=opened, done=done))
    record = _with_hands(observed, record, phase)
    record = _take_label_back(process, _forgive(record, phase), phase)
    if gate == "done":
        record = _withdraw(record, phase)
    elif before.gate == "done":
        record = record.without_deeds(f"close.{phase}")
    return _tell(process, observed, record, phase, before.gate)


def _with_hands(observed: Observed, record: Record, part: str) -> Record:
    """The record with who closed or reopened a part by hand, where that has moved its gate."""
    for deed in (_CLOSED, _REOPENED):
        about = fields.key(part, deed)
        if person := observed.hands.get(about):
            record = record.with_deed(about, Deed(by=person.username, at=observed.now))
    return record


def _corrected(record: Record, claim: str) -> Record:
    """The record in which something of people was put right, which is done once."""
    corrected = sorted({*record.corrected, claim})
    return record.model_copy(update={"corrected": tuple(corrected)})


def _forgive(record: Record, part: str) -> Record:
    """The record in which what people do to a part is answered once more."""
    corrected = tuple(key for key in record.corrected if not key.startswith(f"{part}."))
    return record.model_copy(update={"corrected": corrected})


def _take_label_back(process: Process, record: Record, phase: str) -> Record:
    """The record in which the label follows the gate again, whoever set it before."""
    key = fields.key(phase, fields.GATE)
    field, label = record.fields.get(key), fields.gate_label(process, record.phase(phase).gate)
    if field is None or field.by != "person":
        return record
    return record.with_field(key, Managed(want=label, was=field.want))


def _withdraw(record: Record, part: str) -> Record:
    """The record without a reopening that was decided, not carried out, and is wrong by now."""
    state, news = fields.key(part, fields.STATE), f"reopened.{part}."
    kept = {
        name: field
        for name, field in record.fields.items()
        if name != state or field.want == _CLOSED
    }
    owed = tuple(owed for owed in record.owed if not owed.key.startswith(news))
    return record.model_copy(update={"fields": kept, "owed": owed})


def _tell(process: Process, observed: Observed, record: Record, phase: str, before: Gate) -> Record:
    gate = record.phase(phase).gate
    if not process.phases[phase].after or not expects(process, observed, record, phase):
        return record
    if gate == "locked":
        reopened = waits_for(process, record, phase)
        text = gate_messages.locked_again(process, observed, phase, reopened)
        return record.owing(phase, "locked", text)
    if gate == "open" and before == "locked":
        day = dates.due(process, observed, record, phase)
        shown = _shown(observed, record, phase, day)
        text = gate_messages.unlocked(process, observed, record, phase, shown)
        return record.owing(phase, "unlocked", text)
    return record


def _shown(observed: Observed, record: Record, phase: str, day: date | None) -> str:
    """The due date as it will be: what a person set stays."""
    field, issue = record.fields.get(fields.key(phase, fields.DUE)), observed.phases.get(phase)
    if field and field.by == "person":
        return field.want
    if field is None and issue and issue.due:
        return issue.due.isoformat()
    return day.isoformat() if day else ""


def _check_closing(process: Process, observed: Observed, record: Record, phase: str) -> Record:
    issue, claim = observed.phases.get(phase), fields.key(phase, _CLOSED)
    gate = record.phase(phase).gate
    if issue is None or not issue.closed or gate == "done" or claim in record.corrected:
        return record
    if gate == "locked":
        waits = waits_for(process, record, phase)
        text = gate_messages.closed_while_locked(process, observed, phase, waits)
    else:
        lacks = missing(process, observed, record, phase)
        text = gate_messages.closed_incomplete(process, phase, lacks, observed.installation.command)
    return _reopen(record, phase, text)


def _check_reopening(process: Process, observed: Observed, record: Record, phase: str) -> Record:
    issue, claim = observed.phases.get(phase), fields.key(phase, _REOPENED)
    gate = record.phase(phase).gate
    if issue is None or issue.closed or gate != "done" or claim in record.corrected:
        return record
    whose = _whose(process, observed, record, phase, _REOPENED) or ""
    record = _corrected(record, claim)
    record = record.with_field(fields.key(phase, fields.STATE), Managed(want=_CLOSED, was="opened"))
    return record.owing(phase, "closed", gate_messages.closed_again(process, phase, whose))


def _reopen(record: Record, part: str, text: str) -> Record:
    record = _corrected(record, fields.key(part, _CLOSED))
    field = Managed(want="opened", was=_CLOSED)
    return record.with_field(fields.key(part, fields.STATE), field).owing(part, "reopened", text)


def _check_label(process: Process, observed: Observed, record: Record, phase: str) -> Record:
    key = fields.key(phase, fields.GATE)
    field, gate = record.fields.get(key), record.phase(phase).gate
    label = fields.gate_label(process, gate)
    if field is None or field.by != "person" or field.want == label or key in record.corrected:
        return record
    if fields.is_gone(observed, key, label):
        return record
    record = _corrected(record, key)
    record = record.with_field(key, Managed(want=label, was=field.want))
    return record.owing(
        phase, "label", gate_messages.label_put_back(process, observed, phase, gate, label)
    )


def _check_launch_label(process: Process, observed: Observed, record: Record, part: str) -> Record:
    """Put the label back once; nobody needs to be told, and who insists may."""
    key, label = fields.key(part, fields.LABEL), process.labels.launch
    field = record.fields.get(key)
    taken = field is not None and field.by == "person" and not field.want
    if not taken or key in record.corrected or fields.is_gone(observed, key, label):
        return record
    record = _corrected(record, key)
    return record.with_field(key, Managed(want=label, was=""))


def _finish(process: Process, observed: Observed, record: Record) -> Record:
    waits = [name for name in process.phases if record.phase(name).gate != "done"]
    record = _ready(process, observed, record, all_done=not waits)
    root, lacks = observed.root, list(_lacks(process, observed, record, waits))
    if root is None or not root.closed:
        return record.model_copy(update={"state": "running", "live": None})
    if not lacks:
        record = _withdraw(record, ROOT)
        record = record.model_copy(update={"state": "live", "live": observed.now})
        return record.owing(ROOT, "live", gate_messages.live(process, observed, record))
    if fields.key(ROOT, _CLOSED) in record.corrected:
        return record
    written = not any(launches.untimely(process, observed, record))
    way = "" if written else gate_messages.without_documentation(process, observed)
    return _reopen(record, ROOT, gate_messages.root_closed_early(lacks, way))


def _lacks(
    process: Process, observed: Observed, record: Record, waits: Iterable[str]
) -> Iterator[str]:
    """What a launch lacks to be live, a line each."""
    for phase in waits:
        yield f"{messages.phase_title(process, observed, phase)} is not done"
    yield from launches.untimely(process, observed, record)
    for role in votes.outstanding(process, record):
        yield f"**{process.roles[role].title}** has not voted `go`"
    if whose := _whose(process, observed, record, ROOT, _CLOSED):
        yield f"it takes somebody else to close it: that is for {whose}"


def _ready(process: Process, observed: Observed, record: Record, *, all_done: bool) -> Record:
    if all_done == (record.ready is not None):
        return record
    record = _forgive(record, ROOT)
    record = record.model_copy(update={"ready": observed.now if all_done else None})
    record = record if all_done else votes.withdrawn(process, record)
    is_open = observed.root is not None and not observed.root.closed
    if not (all_done and is_open):
        return record
    return record.owing(ROOT, "ready", gate_messages.ready(process, observed))
