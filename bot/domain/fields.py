"""Fields that the bot manages: what people changed, what is wanted, what is to be written.

The rule: seen equal to what we want is settled; equal to what was before is a write of ours that
is missing; anything else is a person's change, and it is adopted.
Values are short strings: a user id, a date, a state, labels; empty for none.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Literal, get_args

from bot.domain import checklists
from bot.domain.actions import ChangeIssue
from bot.domain.alignment.linked import part as request_part
from bot.domain.checklists import Box
from bot.domain.observed import Issue, Observed, Person
from bot.domain.process import ROOT, Process
from bot.domain.record import Gate, Managed, Record

ASSIGNEE, DUE, STATE, GATE, LINK = "assignee", "due", "state", "gate", "link"
CREATE, CONFIDENTIAL, LABEL, ASK = "create", "confidential", "label", "ask"
HOLD, CHECK, VERDICT, REPLY = "hold", "check", "verdict", "reply"
_BOX = "box."
_PRIVATE = "the launch is confidential"


def key(part: str, field: str) -> str:
    """The name of a field in the record."""
    return f"{part}.{field}"


def box(task: str) -> str:
    """The field that is the box of a task, on the issue of its phase."""
    return f"{_BOX}{task}"


def gate_label(process: Process, gate: Gate) -> str:
    """The label that shows a gate."""
    return str(getattr(process.labels.gate, gate))


def gate_labels(process: Process) -> frozenset[str]:
    """All labels that show gates."""
    gates = process.labels.gate
    return frozenset({gates.locked, gates.open, gates.done})


def seen(process: Process, observed: Observed) -> dict[str, str]:
    """Every managed field of every issue that is there, as GitLab shows it."""
    issues = {**observed.phases, **({ROOT: observed.root} if observed.root else {})}
    values = {
        key(part, field): value
        for part, issue in issues.items()
        for field, value in _values(process, part, issue).items()
    }
    for part in (*observed.phases, *(["request"] if observed.request else [])):
        values[key(part, LINK)] = "yes" if part in observed.linked else ""
    if observed.request:
        asks = observed.request.labels & {process.labels.request}
        values[key("request", ASK)] = next(iter(asks), "")
    for name, linked in observed.docs.items():
        values[key(request_part(name), HOLD)] = moment(linked.request.merge_after)
    return values


def moment(value: datetime | None) -> str:
    """A moment as the value of a field."""
    return value.astimezone(UTC).isoformat() if value else ""


def _values(process: Process, part: str, issue: Issue) -> dict[str, str]:
    values = {
        ASSIGNEE: str(issue.assignees[0].id) if issue.assignees else "",
        DUE: issue.due.isoformat() if issue.due else "",
        STATE: "closed" if issue.closed else "opened",
    }
    values[LABEL] = next(iter(issue.labels & {process.labels.launch}), "")
    if part != ROOT:
        values[GATE] = ",".join(sorted(issue.labels & gate_labels(process)))
        values |= {box(task): state for task, state in checklists.read(issue.description).items()}
    return values


def rehome(observed: Observed, record: Record, values: Mapping[str, str]) -> Record:
    """The record after issues were moved: a project takes only the labels along that it has."""
    kept = {
        name: Managed(want=record.fields[name].want, was=values[name])
        for part in record.parts
        if is_moved(observed, record, part)
        for name in (key(part, GATE), key(part, LABEL))
        if name in record.fields and name in values
    }
    return record.model_copy(update={"fields": {**record.fields, **kept}})


def is_moved(observed: Observed, record: Record, part: str) -> bool:
    """Whether an issue stands in another project than the record says."""
    issue, place = observed.issue(part), record.parts.get(part)
    return issue is not None and place is not None and issue.project != place.project


def has_labels(record: Record, part: str) -> bool:
    """Whether the labels of an issue are known, and none is still to be written."""
    known = [record.fields.get(key(part, field)) for field in (GATE, LABEL)]
    labels = [field for field in known if field]
    return bool(labels) and all(field.was == field.want for field in labels)


def adopt(record: Record, values: Mapping[str, str]) -> Record:
    """The record after people's changes: a value that we neither want nor replaced is theirs."""
    theirs = {
        name: Managed(want=values[name], was=values[name], by="person")
        for name, field in record.fields.items()
        if name in values and values[name] not in {field.want, field.was}
    }
    skipped = (f"skip.{name.partition(_BOX)[2]}" for name in theirs)
    record = record.without_deeds(*theirs, *skipped) if theirs else record
    return record.model_copy(update={"fields": {**record.fields, **theirs}})


def want(record: Record, name: str, value: str, now: str | None, *, ours: bool = False) -> Record:
    """The record wanting a value for a field that shows `now` (None: its issue does not show).

    What a person chose stays, and so does a value that stood there before we first looked,
    unless the field is only `ours` to set.
    """
    field = record.fields.get(name)
    if field is None and now not in {None, "", value} and not ours:
        return record.with_field(name, Managed(want=now or "", was=now or "", by="person"))
    if field and (field.by == "person" or field.want == value):
        return record
    before = field.was if field and now is None else now
    return record.with_field(name, Managed(want=value, was=before or ""))


def missing(process: Process, observed: Observed, record: Record) -> dict[str, str]:
    """The fields whose write is missing, with what is wanted.

    What was refused today rests, and so does a label that the project does not have.
    """
    values, today = seen(process, observed), observed.today()
    return {
        name: field.want
        for name, field in record.fields.items()
        if name in values
        and values[name] == field.was != field.want
        and not refused(record, name, field.want, today)
        and not is_gone(observed, name, field.want)
    }


def is_gone(observed: Observed, name: str, value: str) -> bool:
    """Whether a field is a label that the project of its issue does not have any more."""
    part, _, field = name.partition(".")
    return field in {GATE, LABEL} and value in observed.gone.get(part, frozenset())


def refused(record: Record, name: str, value: str, today: date) -> bool:
    """Whether GitLab refused this very value today; it is asked again tomorrow."""
    refusal = record.refused.get(name)
    return refusal is not None and refusal.want == value and refusal.on == today


def changes(
    process: Process, observed: Observed, record: Record, lacking: Mapping[str, str]
) -> Iterable[ChangeIssue]:
    """The actions that write what is missing, at most one for each issue."""
    for part in (ROOT, "request", *process.phases):
        if observed.issue(part) is None:
            continue
        known = gate_labels(process) | {process.labels.launch}
        change = ChangeIssue(part, reason="", known_labels=known)
        for field in (ASSIGNEE, DUE, STATE, LABEL, GATE, ASK):
            if (value := lacking.get(key(part, field))) is not None:
                change = _with(process, observed, change, field, value)
        change = _with_privacy(observed, record, _with_boxes(change, lacking))
        if change.reason:
            yield change


def ask(process: Process) -> ChangeIssue:
    """The action that makes an issue a request."""
    label = process.labels.request
    reason = "a command asks for a launch"
    return ChangeIssue("request", reason, (label,), known_labels=frozenset({label}))


def _with_privacy(observed: Observed, record: Record, change: ChangeIssue) -> ChangeIssue:
    issue, root = observed.issue(change.part), observed.root
    if change.part == "request" or not (issue and root and root.confidential):
        return change
    rests = refused(record, key(change.part, CONFIDENTIAL), "yes", observed.today())
    if issue.confidential or rests:
        return change
    return _because(replace(change, confidential=True), _PRIVATE)


def _with(
    process: Process, observed: Observed, change: ChangeIssue, field: str, value: str
) -> ChangeIssue:
    match field:
        case "assignee":
            chosen = replace(change, assignee=person(observed, value))
            return _because(chosen, "this person is accountable for it")
        case "due":
            due = date.fromisoformat(value)
            return _because(replace(change, due=due), "this is when it is due")
        case "state":
            why = "it was closed too early" if value == "opened" else "it is over"
            return _because(replace(change, state=_state(value)), why)
        case _:
            return _because(_relabelled(process, observed, change, field, value), _LABELS[field])


_LABELS = {
    GATE: "the label shows the gate",
    LABEL: "the label tells the issues of launches",
    ASK: "the label asks for a launch",
}


def _state(value: str) -> Literal["opened", "closed"]:
    return "opened" if value == "opened" else "closed"


def _relabelled(
    process: Process, observed: Observed, change: ChangeIssue, field: str, value: str
) -> ChangeIssue:
    """The change with the label of a field, in place of those that it may have there."""
    choices = {
        GATE: gate_labels(process),
        LABEL: frozenset({process.labels.launch}),
        ASK: frozenset({process.labels.request}),
    }
    issue = observed.issue(change.part)
    others = tuple(sorted((issue.labels & choices[field]) - {value})) if issue else ()
    added = (*change.add_labels, *([value] if value else []))
    return replace(change, add_labels=added, remove_labels=(*change.remove_labels, *others))


def _with_boxes(change: ChangeIssue, lacking: Mapping[str, str]) -> ChangeIssue:
    start = key(change.part, _BOX)
    boxes = tuple(
        (name.removeprefix(start), box)
        for name, value in lacking.items()
        for box in get_args(Box)
        if name.startswith(start) and box == value
    )
    return _because(replace(change, boxes=boxes), "a command says so") if boxes else change


def _because(change: ChangeIssue, reason: str) -> ChangeIssue:
    return replace(change, reason=f"{change.reason}; {reason}" if change.reason else reason)


def person(observed: Observed, value: str) -> Person:
    """The person that an assignee in the record is; whom nothing here names has only a number."""
    held = (person for people in observed.installation.people.values() for person in people)
    said = (comment.author for comments in observed.comments.values() for comment in comments)
    issues = (issue for kin in observed.kin for issue in kin.issues.values())
    theirs = (person for issue in issues for person in issue.assignees)
    people = (*held, *observed.named.values(), *said, *theirs)
    return next((person for person in people if str(person.id) == value), Person(int(value), value))
