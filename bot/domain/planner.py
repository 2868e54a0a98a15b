"""The heart: what should be, compared with what is, gives what to change.

Pure: the same process and observation give the same plan, in the same order.
The order makes every prefix safe: issues first, then the record of what is intended, then the
writes that it intends, then the record that they are done.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import timedelta

from bot.domain import (
    beginnings,
    dates,
    fields,
    gates,
    labelled,
    messages,
    opening,
    overview,
    superseding,
)
from bot.domain.actions import (
    Action,
    ChangeIssue,
    CreateIssue,
    KeepDefinition,
    LinkIssues,
    Plan,
    PostNote,
    React,
    WriteStatus,
)
from bot.domain.alignment import launches, planning
from bot.domain.anticipation import after, decided
from bot.domain.catalogue import owned
from bot.domain.fitting import fit
from bot.domain.observed import Observed, Refusal
from bot.domain.process import ROOT, Process
from bot.domain.record import Answer, Place, Record, Refused
from bot.domain.rendering import resolve
from bot.domain.steering import course, inbox, starting
from bot.domain.steering.actors import standing_in
from bot.domain.steering.run import Heard, run
from bot.domain.steering.starting import Asked

_SLOW = timedelta(minutes=2)
"""GitLab may show a comment a little later than it was written."""
_UNSAID = "hourglass"
"""The reaction to a comment whose answer could not be posted."""
_ANSWER = "people should know that they were heard"


def plan(process: Process | None, observed: Observed) -> Plan:
    """The actions that bring a launch to what it should be; empty when it is.

    Without a `process` they answer the commands on an issue that asks for none.
    """
    if observed.root is None and beginnings.STARTED in observed.said:
        return Plan(blocked="it has started, and GitLab does not show its root issue to the bot")
    if observed.root is None and not observed.record():
        return _begin(process, observed)
    if process is None:
        return Plan()
    if observed.root is not None and observed.root.moved:
        return beginnings.moved(observed)
    fitted = _fitted(process, observed)
    record = observed.record() or _begun(process, fitted, observed)
    if record is None:
        return Plan(blocked="the launch has no record, and its request does not give the inputs")
    return _go_on(fitted, observed, record)


def _begun(process: Process, fitted: Process, observed: Observed) -> Record | None:
    """The record of a launch of which little more than the root is there; what asked for it ran."""
    record = beginnings.record(fitted, observed)
    if record is None or record.state == "paused":
        return record
    asked = starting.hear(observed, process)
    return Heard(record, asked.answers, asked.lines).kept()


def _fitted(process: Process, observed: Observed) -> Process:
    """The part of a process that the launch gets, and led by whom; decided once."""
    inputs = beginnings.inputs(process, observed)
    fitted = fit(process, inputs)
    return fitted if observed.record() else owned(fitted, observed.installation.images, inputs)


def _begin(process: Process | None, observed: Observed) -> Plan:
    """Start a launch, for a release or for a request."""
    if process and observed.cause:
        return _release(process, observed)
    asked = starting.hear(observed, process, lambda then: _start(process, observed, then))
    return _start(process, observed, asked)


def _release(process: Process, observed: Observed) -> Plan:
    """Start the launch of a release, unless something keeps it from that."""
    process = _fitted(process, observed)
    if answer := beginnings.released(process, observed):
        return answer
    record = beginnings.record(process, observed)
    return _go_on(process, observed, record) if record else Plan()


def _start(by_label: Process | None, observed: Observed, asked: Asked) -> Plan:
    """Answer a request, and start its launch when it is whole."""
    process, said = asked.process, tuple(_answers(observed, asked.answers))
    if process is None:
        return Plan(said)
    marked = (fields.ask(process),) if by_label is None else ()
    observed = standing_in(replace(after(observed, marked), given=asked.values), None)
    process = _fitted(process, observed)
    answer, record = beginnings.answer(process, observed), beginnings.record(process, observed)
    if answer or record is None:
        answer = answer or Plan()
        return replace(answer, actions=(*marked, *said, *answer.actions))
    record = Heard(record, asked.answers, asked.lines).kept()
    begun = _bring(process, observed, _judge(process, observed, _look(process, observed, record)))
    whole = beginnings.whole(process, observed)
    return replace(begun, actions=(*marked, *whole.actions, *begun.actions))


def _go_on(process: Process, observed: Observed, record: Record) -> Plan:
    """Hear what people say, and bring the launch to what it should be then."""

    def judge(changed: Record) -> Record:
        return _judge(process, observed, changed)

    def preview(changed: Record) -> Plan:
        return _foretold(process, observed, changed)

    looked = _look(process, observed, record)
    heard = run(process, observed, looked, judge, preview)
    heard = replace(heard, answers=tuple(_without_reply(observed, a) for a in heard.answers))
    quiet = _judged(process, observed, heard.record)
    # A reply is found again by its mark; what was answered by a reaction alone is remembered.
    if heard.answers and (quiet.actions or not all(said.text for said in heard.answers)):
        return _judged(process, observed, heard.kept())
    if heard.answers:
        return replace(quiet, actions=tuple(_answers(observed, heard.answers)))
    if quiet.actions:
        return quiet
    return replace(quiet, successor=course.successor(observed, heard.record))


def _judged(process: Process, observed: Observed, record: Record) -> Plan:
    """What brings the launch to what it should be after every gate has moved."""
    judged = _judge(process, observed, record)
    return _bring(process, standing_in(observed, judged), judged)


def _foretold(process: Process, observed: Observed, record: Record) -> Plan:
    """What would be done for a record, with what follows once GitLab shows that it is done."""
    now = _judged(process, observed, record)
    if not now.again:
        return now
    written = [action.record for action in now.actions if isinstance(action, WriteStatus)]
    then = after(observed, now.actions)
    later = _judged(process, then, _look(process, then, written[-1]))
    return replace(now, actions=(*now.actions, *later.actions))


def _look(process: Process, observed: Observed, record: Record) -> Record:
    """The record after what people changed by hand."""
    values = fields.seen(process, observed)
    record = fields.rehome(observed, record, values)
    adopted = fields.adopt(_remember(process, observed, record), values)
    return launches.link(process, observed, labelled.follow(process, observed, adopted))


def _judge(process: Process, observed: Observed, record: Record) -> Record:
    """The record after every gate has moved, with what is wanted then."""
    if record.state == "paused" and observed.resumed:
        record = course.resumed(record)
    record = superseding.judged(process, observed, record)
    observed = standing_in(observed, record)
    if record.state not in {"paused", "cancelled"}:
        record = gates.advance(process, decided(process, observed, record), record)
        record = _wants(process, observed, record, fields.seen(process, observed))
        record = _forget_refusals(observed, record)
    return planning.want(process, observed, record)


def _remember(process: Process, observed: Observed, record: Record) -> Record:
    stay = [part for part in _parts(process) if not fields.is_moved(observed, record, part)]
    refused = {
        _refused(refusal): Refused(want=refusal.want, why=refusal.why, on=observed.today())
        for refusal in observed.refusals
    }
    answers = tuple(_without_reply(observed, answer) for answer in record.answers)
    update = {"refused": {**record.refused, **refused}, "answers": answers}
    return _placed(observed, record, stay).model_copy(update=update)


def _refused(refusal: Refusal) -> str:
    """What is remembered of a refusal: of replies only where, as there may be thousands."""
    is_reply = inbox.is_answer(refusal.key)
    return fields.key(refusal.want, fields.REPLY) if is_reply else refusal.key


def _without_reply(observed: Observed, answer: Answer) -> Answer:
    """An answer with a reaction alone, where the reply was refused: later it would help nobody."""
    if not any(refusal.key == answer.key for refusal in observed.refusals):
        return answer
    return answer.model_copy(update={"text": "", "emoji": answer.emoji or _UNSAID})


def _forget_refusals(observed: Observed, record: Record) -> Record:
    refused = {
        name: refusal
        for name, refusal in record.refused.items()
        if _still_lacks(observed, record, name, refusal)
    }
    return record.model_copy(update={"refused": refused})


def _still_lacks(observed: Observed, record: Record, name: str, refusal: Refused) -> bool:
    part, _, field = name.partition(".")
    issue = observed.issue(part)
    if field == fields.CREATE:
        return issue is None
    if field == fields.CONFIDENTIAL:
        return issue is not None and not issue.confidential
    if field in {fields.VERDICT, fields.REPLY}:
        return refusal.on == observed.today()
    if name in {owed.key for owed in record.owed}:
        return True
    managed = record.fields.get(name)
    return managed is not None and managed.want == refusal.want != managed.was


def _placed(observed: Observed, record: Record, parts: Iterable[str]) -> Record:
    """The record with the places of issues; the writer fills in those that it opens itself."""
    seen = {part: issue for part in parts if (issue := observed.issue(part)) and issue.id}
    places = {
        part: Place(id=issue.id, project=issue.project, iid=issue.iid)
        for part, issue in seen.items()
    }
    return record.model_copy(update={"parts": {**record.parts, **places}})


def _parts(process: Process) -> tuple[str, ...]:
    return (ROOT, "request", *process.phases)


def _wants(
    process: Process, observed: Observed, record: Record, values: Mapping[str, str]
) -> Record:
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


def _bring(process: Process, observed: Observed, record: Record) -> Plan:
    creations, changes, lacking = _issues(process, observed, record)
    holds = tuple(planning.holds(process, observed, record, lacking))
    then = after(observed, (*creations, *changes, *holds))
    notes = (*_notes(then, record), *_owed_answers(then, record))
    documents = (*holds, *planning.writes(process, then, record))
    writes = (*changes, *_links(then, record, lacking), *notes, *documents)
    settled = _settled(process, then, record, lacking)
    text = overview.render(process, then, record)
    pending = bool(creations or writes)
    actions: list[Action] = list(creations)
    if observed.record() is None:
        actions.append(KeepDefinition(process.canonical(), "a launch keeps to its definition"))
    first = record if pending else settled
    if not _shown(observed, first, text):
        kept = _with_floor(observed, first)
        actions.append(WriteStatus(text, kept, "the launch stands differently now"))
    actions += writes
    if pending and settled != record:
        kept = _with_floor(observed, settled)
        actions.append(WriteStatus(text, kept, "its writes are done", settles=True))
    again = course.is_restarted(record) or any(_has_consequences(change) for change in changes)
    again = again or bool(record.docs.keys() - observed.docs.keys())
    wakes = (dates.wake_at(then, record), planning.wake_at(process, then, record))
    wake_at = min((moment for moment in wakes if moment), default=None)
    overtakes = tuple(kin.launch for kin in superseding.older(process, observed, record.inputs))
    return Plan(tuple(actions), wake_at, again=bool(actions) and again, overtakes=overtakes)


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


def _owed_answers(then: Observed, record: Record) -> Iterator[React | PostNote]:
    yield from _answers(then, record.answers)


def _answers(observed: Observed, answers: Iterable[Answer]) -> Iterator[React | PostNote]:
    """The reaction to a comment, and the reply where something needs saying."""
    rests = {refusal.key for refusal in observed.refusals}
    for answer in answers:
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
    told = {_note(said) for said in _owed_answers(then, record)}
    answers = tuple(answer for answer in record.answers if answer.note not in told)
    record = record.model_copy(update={"fields": settled, "owed": owed, "answers": answers})
    record = planning.settled(process, then, record)
    # Until its labels are there, a moved issue is remembered where it was.
    arrived = [part for part in _parts(process) if fields.has_labels(record, part)]
    return _placed(then, record, arrived)


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
