"""What a launch begins with: a request that is whole, or a record that was lost.

It must not move gates or open issues; it says what is missing first, or gives the record to go on.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date

from bot.domain import (
    catalogue,
    dates,
    fields,
    handover,
    labelled,
    releases,
    request_messages,
    requests,
    superseding,
)
from bot.domain.actions import Plan, PostNote
from bot.domain.observed import Issue, Observed
from bot.domain.process import ROOT, Process
from bot.domain.record import Gate, PhaseRecord, Record
from bot.domain.rendering import resolve

_CANNOT, _INPUTS, _MOVED = "cannot", "inputs", "moved"
_NEEDLESS, _DUPLICATE = "needless", "duplicate"
_WAITED = (_INPUTS, _NEEDLESS, _DUPLICATE)
"""Comments that say why nothing is opened, and no more when something is."""
STARTED = "started.request.1"
"""The key of the comment that tells of the start on the request; the first news of a record."""


def moved(observed: Observed) -> Plan:
    """What to say of a launch whose root was moved to where the bot does not work."""
    return _say(observed, ROOT, _MOVED, request_messages.moved_away())


def record(process: Process, observed: Observed) -> Record | None:
    """The record of a launch that has none: new, or rebuilt and paused if one was lost.

    There was one where our comment says that it has started, or issues are linked. A request that
    is hidden is waited for in that case: it tells what the launch is about.
    """
    known = _known(process, observed)
    had_one = observed.status is not None or STARTED in observed.said
    if had_one or (observed.linked and known):
        return _rebuilt(process, observed, known.inputs if known else {})
    return _first(process, observed)


def inputs(process: Process, observed: Observed) -> Mapping[str, str]:
    """The inputs that a launch has, or is about to begin with."""
    if kept := observed.record():
        return kept.inputs
    known = _known(process, observed)
    return known.inputs if known else {}


def _known(process: Process, observed: Observed) -> requests.Request | None:
    """What a launch was given, as far as that can still be found out."""
    return _given(process, observed) or releases.begun(process, observed.launch)


def _given(process: Process, observed: Observed) -> requests.Request | None:
    if observed.cause:
        return requests.checked(process, observed.cause.inputs)
    request = observed.request
    if request is None:
        return None
    return requests.read(process, request.description, request.labels, observed.given)


def answer(process: Process, observed: Observed) -> Plan | None:
    """What to say of a request instead of going on; None when nothing keeps it from that."""
    request = observed.request
    if request is None or request.closed or process.labels.request not in request.labels:
        return Plan()
    if found := next(_objections(process, observed, request), None):
        return _say(observed, "request", *found)
    return _refused(process, observed)


def _objections(process: Process, observed: Observed, request: Issue) -> Iterator[tuple[str, str]]:
    """What keeps a request from starting, each by the key of its comment; the first counts."""
    given = requests.read(process, request.description, request.labels, observed.given)
    if problems := given.problems or _too_late(process, observed, given.inputs):
        yield _INPUTS, request_messages.inputs_missing(process, problems)
    if why_not := catalogue.refusal(process, observed.installation.images, given.inputs):
        place = catalogue.place(process, given.inputs)
        yield _NEEDLESS, request_messages.needless(process, place, why_not)
    if process.root.project not in observed.installation.projects:
        why = f"GitLab shows me no project `{process.root.project}`"
        yield _CANNOT, request_messages.cannot_start(process, why)
    if rival := observed.rival:
        private = rival.confidential and not request.confidential
        yield _DUPLICATE, request_messages.already_running(process, private=private)
    if by := superseding.enough(process, observed, given.inputs):
        private = by.private and not request.confidential
        yield _DUPLICATE, request_messages.overtaken(process, by, private=private)


def _refused(process: Process, observed: Observed) -> Plan | None:
    """What to say when GitLab does not let the root issue be opened; it is tried again tomorrow."""
    refused = {refusal.key: refusal.why for refusal in observed.refusals}
    again = Plan(wake_at=dates.tomorrow(observed))
    if cause := refused.get(fields.key(ROOT, fields.CREATE)):
        text = request_messages.cannot_start(process, cause)
        return replace(_say(observed, "request", _CANNOT, text), wake_at=again.wake_at)
    return again if _CANNOT in refused else None


def whole(process: Process, observed: Observed) -> Plan:
    """What to say once nothing keeps the launch from beginning, where something was said to."""
    text = request_messages.nothing_missing(process)
    plans = [_say(observed, "request", key, text) for key in _WAITED if key in observed.said]
    return Plan(tuple(action for plan in plans for action in plan.actions))


def released(process: Process, observed: Observed) -> Plan | None:
    """What keeps a release from starting a launch; those who read it may see the product only."""
    given = _given(process, observed)
    if given is None or given.problems:
        return Plan(why_not="the release does not give every input")
    if rival := observed.rival:
        where = ", which is confidential" if rival.confidential else f": {rival.url}"
        return Plan(why_not=f"there is or was a launch for the same{where}")
    if why := catalogue.refusal(process, observed.installation.images, given.inputs):
        return Plan(why_not=why)
    if by := superseding.enough(process, observed, given.inputs):
        state = "is live" if by.live else "is under way"
        public = f"version {by.version} {state}: {by.url}"
        private = f"the same version or a newer one {state} in a confidential launch"
        return Plan(why_not=private if by.private else public)
    there = process.root.project in observed.installation.projects
    refused = {refusal.key for refusal in observed.refusals}
    if fields.key(ROOT, fields.CREATE) in refused or not there:
        return Plan(wake_at=dates.tomorrow(observed))
    return None


def _too_late(process: Process, observed: Observed, inputs: Mapping[str, str]) -> dict[str, str]:
    name = process.root.due or ""
    late = name in inputs and date.fromisoformat(inputs[name]) < observed.today()
    return {name: "is in the past"} if late else {}


def _say(observed: Observed, part: str, key: str, text: str) -> Plan:
    note = observed.said.get(key)
    if note and note.text == resolve(text, observed.addresses()):
        return Plan()
    if any(refusal.key == key for refusal in observed.refusals):
        return Plan()
    reason = "people should know what keeps the launch from going on"
    return Plan((PostNote(part, key, text, reason, note.id if note else None),))


def _first(process: Process, observed: Observed) -> Record | None:
    given = _given(process, observed)
    if given is None or given.problems:
        return None
    inputs = dates.completed(process, observed, given.inputs)
    begun = Record(
        launch=observed.launch,
        process=process.name,
        definition=process.digest(),
        started=observed.now,
        # What was said of the launch before, which was cancelled, is not for this one.
        floor=observed.since,
        inputs=inputs,
        labelled=dict(labelled.at_start(process, observed, inputs)),
    )
    older = superseding.older(process, observed, given.inputs)
    begun = handover.taken_over(process, observed, begun, older)
    if observed.cause:
        return begun
    return begun.owing("request", "started", request_messages.started(process))


def _rebuilt(process: Process, observed: Observed, given: Mapping[str, str]) -> Record:
    """What markers and labels tell; the rest cannot be known, so the launch waits."""
    return Record(
        launch=observed.launch,
        process=process.name,
        definition=process.digest(),
        state="paused",
        started=observed.now,
        inputs=dates.completed(process, observed, given),
        phases={name: _shown(process, observed, name) for name in process.phases},
        # No comment of before may be taken for one that is still to come.
        first_turn=int(observed.now.timestamp()),
        # Nor may a command of before run again.
        floor=observed.read_at or observed.now,
    ).owing(ROOT, "rebuilt", request_messages.rebuilt(process, observed))


def recovered(process: Process, observed: Observed, record: Record) -> Record:
    """A rebuilt record with the phases that were hidden at that time and are seen now."""
    if not record.awaits_resumption():
        return record
    found = {
        name: _shown(process, observed, name)
        for name in process.phases
        if name in observed.phases and name not in record.parts
    }
    return record.model_copy(update={"phases": {**record.phases, **found}})


def _shown(process: Process, observed: Observed, phase: str) -> PhaseRecord:
    """The gate that the label of a phase issue shows."""
    issue = observed.phases.get(phase)
    labels = issue.labels if issue else frozenset[str]()
    gates: tuple[Gate, ...] = ("done", "open", "locked")
    gate = next((gate for gate in gates if fields.gate_label(process, gate) in labels), "locked")
    opened = issue.created_at if issue and gate != "locked" else None
    return PhaseRecord(gate=gate, opened=opened, done=observed.now if gate == "done" else None)
