"""What brings a launch to what its record wants: the actions, in an order that is safe.

The order makes every prefix safe: issues first, then the record of what is intended, then the
writes that it intends, then the record that they are done.
It must not decide what is wanted; that stands in the record.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta

from bot.domain import dates, fields, messages, opening, overview, superseding
from bot.domain.actions import (
    ChangeIssue,
    CreateIssue,
    KeepDefinition,
    LinkIssues,
    Plan,
    PostNote,
    React,
    WriteStatus,
)
from bot.domain.alignment import planning
from bot.domain.anticipation import after
from bot.domain.observed import Observed
from bot.domain.process import ROOT, Process
from bot.domain.record import Answer, Place, Record
from bot.domain.rendering import resolve
from bot.domain.steering import course, inbox

_SLOW = timedelta(minutes=2)
"""GitLab may show a comment a little later than it was written."""
_ANSWER = "people should know that they were heard"


def bring(process: Process, observed: Observed, record: Record) -> Plan:
    """The actions, and when to look again."""
    creations, changes, lacking = _issues(process, observed, record)
    holds = tuple(planning.holds(process, observed, record, lacking))
    then = after(observed, (*creations, *changes, *holds))
    notes = (*_notes(then, record), *answers(then, record.answers))
    documents = (*holds, *planning.writes(process, then, record))
    writes = (*changes, *_links(then, record, lacking), *notes, *documents)
    settled = _settled(process, then, record, lacking)
    text = overview.render(process, then, record)
    pending = bool(creations or writes)
    actions = (
        *creations,
        *_definition(process, observed),
        *_intended(observed, record if pending else settled, text),
        *writes,
        *(_done(observed, settled, text) if pending and settled != record else ()),
    )
    overtakes = tuple(kin.launch for kin in superseding.older(process, observed, record.inputs))
    again = bool(actions) and _is_to_be_seen(observed, record, changes)
    return Plan(actions, _wake_at(process, then, record), again=again, overtakes=overtakes)


def _definition(process: Process, observed: Observed) -> Iterator[KeepDefinition]:
    if observed.record() is None:
        yield KeepDefinition(process.canonical(), "a launch keeps to its definition")


def _intended(observed: Observed, record: Record, text: str) -> Iterator[WriteStatus]:
    if not _shown(observed, record, text):
        kept = _with_floor(observed, record)
        yield WriteStatus(text, kept, "the launch stands differently now")


def _done(observed: Observed, settled: Record, text: str) -> Iterator[WriteStatus]:
    kept = _with_floor(observed, settled)
    yield WriteStatus(text, kept, "its writes are done", settles=True)


def _is_to_be_seen(observed: Observed, record: Record, changes: Iterable[ChangeIssue]) -> bool:
    """Whether something follows from what is written now, once GitLab shows it."""
    consequences = any(_has_consequences(change) for change in changes)
    new = record.docs.keys() - observed.docs.keys()
    return course.is_restarted(record) or consequences or bool(new)


def _wake_at(process: Process, then: Observed, record: Record) -> datetime | None:
    wakes = (dates.wake_at(then, record), planning.wake_at(process, then, record))
    return min((moment for moment in wakes if moment), default=None)


def _has_consequences(change: ChangeIssue) -> bool:
    """Whether a change makes a launch live, which counts only when GitLab shows it."""
    return change.part == ROOT and change.state == "closed"


def _with_floor(observed: Observed, record: Record) -> Record:
    """The record with up to when comments have been heard; a little less, for slow writers.

    It also takes along what was answered without it, because it is written anyway.
    """
    if observed.read_at is None:
        return record
    heard = observed.read_at - _SLOW
    floor = max(heard, record.floor) if record.floor else heard
    update = {"floor": floor, "heard": inbox.remembered(observed, record)}
    return record.model_copy(update=update)


def _issues(
    process: Process, observed: Observed, record: Record
) -> tuple[tuple[CreateIssue, ...], tuple[ChangeIssue, ...], Mapping[str, str]]:
    """The issues to open and to change, and the fields that lack what is wanted."""
    if record.state == "paused":
        return (), (), {}
    is_over = record.state == "cancelled"
    creations = () if is_over else tuple(opening.creations(process, observed, record))
    lacking = fields.missing(process, observed, record)
    return creations, tuple(fields.changes(process, observed, record, lacking)), lacking


def _links(then: Observed, record: Record, lacking: Mapping[str, str]) -> Iterator[LinkIssues]:
    for part in ("request", *then.phases):
        name = fields.key(part, fields.LINK)
        new = name in record.fields and _is_new(then, part)
        if name in lacking or (new and not fields.refused(record, name, "yes", then.today())):
            yield LinkIssues(part, "the issues of a launch are linked to its root")


def _notes(then: Observed, record: Record) -> Iterator[PostNote]:
    for owed in record.owed:
        rests = fields.refused(record, owed.key, owed.part, then.today())
        if then.issue(owed.part) and not rests:
            people = messages.mentions(owed.text)
            yield PostNote(owed.part, owed.key, owed.text, "people should know", mentions=people)


def answers(observed: Observed, given: Iterable[Answer]) -> Iterator[React | PostNote]:
    """The reaction to a comment, and the reply where something needs saying."""
    rests = {refusal.key for refusal in observed.refusals}
    for answer in given:
        if not observed.shows(answer.part):
            continue
        if answer.emoji:
            yield React(answer.part, answer.note, answer.emoji, _ANSWER)
        if answer.text and answer.key not in rests:
            people = messages.mentions(answer.text)
            yield PostNote(answer.part, answer.key, answer.text, _ANSWER, None, people, answer.note)


def _is_new(then: Observed, part: str) -> bool:
    """Whether this plan opens the issue of a part, or the root that it is linked to."""
    issues = (then.root, then.issue(part))
    return all(issues) and any(issue is not None and issue.id == 0 for issue in issues)


def _settled(
    process: Process, then: Observed, record: Record, lacking: Mapping[str, str]
) -> Record:
    """The record once the writes of this plan are done; what waits or rests stays as it is."""
    values = fields.seen(process, then)
    settled = {
        name: field.settled()
        if name in lacking or values.get(name) == field.want or _is_link(then, name)
        else field
        for name, field in record.fields.items()
    }
    posted = {note.key for note in _notes(then, record)}
    owed = tuple(owed for owed in record.owed if owed.key not in posted)
    told = {_note(said) for said in answers(then, record.answers)}
    left = tuple(answer for answer in record.answers if answer.note not in told)
    record = record.model_copy(update={"fields": settled, "owed": owed, "answers": left})
    record = planning.settled(process, then, record)
    # Until its labels are there, a moved issue is remembered where it was.
    arrived = [part for part in parts(process) if fields.has_labels(record, part)]
    return placed(then, record, arrived)


def _note(said: React | PostNote) -> int | None:
    return said.note if isinstance(said, React) else said.reply_to


def _is_link(then: Observed, name: str) -> bool:
    part, _, field = name.partition(".")
    return field == fields.LINK and _is_new(then, part)


def _shown(observed: Observed, record: Record, text: str) -> bool:
    status = observed.status
    if status is None or status.record is None:
        return False
    # Neither changes by itself what there is to remember.
    apart = {"revision": record.revision, "floor": record.floor, "heard": record.heard}
    same = status.record.model_copy(update=apart) == record
    return same and status.text == resolve(text, observed.addresses())


def placed(observed: Observed, record: Record, among: Iterable[str]) -> Record:
    """The record with the places of issues; the writer fills in those that it opens itself."""
    seen = {part: issue for part in among if (issue := observed.issue(part)) and issue.id}
    places = {
        part: Place(id=issue.id, project=issue.project, iid=issue.iid)
        for part, issue in seen.items()
    }
    return record.model_copy(update={"parts": {**record.parts, **places}})


def parts(process: Process) -> tuple[str, ...]:
    """What a launch consists of."""
    return (ROOT, "request", *process.phases)
