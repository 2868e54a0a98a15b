"""The world as it will be once a plan's issues are opened and changed.

The status note is written from it, so that it is right when the plan is done and need not be
written again.
"""

from collections.abc import Iterable
from dataclasses import replace

from bot.domain import checklists, fields
from bot.domain.actions import Action, ChangeIssue, CreateIssue, SetMergeAfter
from bot.domain.checklists import Box
from bot.domain.observed import Issue, Observed
from bot.domain.process import ROOT, Process
from bot.domain.record import Record
from bot.domain.rendering import token


def after(observed: Observed, actions: Iterable[Action]) -> Observed:
    """What would be observed if these actions had been carried out."""
    for action in actions:
        match action:
            case CreateIssue():
                observed = _put(observed, action.part, _created(observed, action))
            case ChangeIssue():
                issue = observed.issue(action.part)
                observed = (
                    _put(observed, action.part, _changed(issue, action)) if issue else observed
                )
            case SetMergeAfter():
                observed = _held(observed, action)
            case _:
                pass
    return observed


def decided(process: Process, observed: Observed, record: Record) -> Observed:
    """What would be observed once the phase issues show what somebody decided by a command."""
    lacking = fields.missing(process, observed, record)
    chosen = {name: value for name, value in lacking.items() if record.fields[name].by == "person"}
    changes = fields.changes(process, observed, record, chosen) if chosen else ()
    return after(observed, (change for change in changes if change.part in observed.phases))


def _held(observed: Observed, action: SetMergeAfter) -> Observed:
    name = action.request.partition(":")[2]
    linked = observed.docs[name]
    request = replace(linked.request, merge_after=action.until)
    return replace(observed, docs={**observed.docs, name: replace(linked, request=request)})


def _put(observed: Observed, part: str, issue: Issue) -> Observed:
    if part == ROOT:
        return replace(observed, root=issue)
    if part == "request":
        return replace(observed, request=issue)
    return replace(observed, phases={**observed.phases, part: issue})


def _created(observed: Observed, action: CreateIssue) -> Issue:
    return Issue(
        id=0,
        project=action.project,
        iid=0,
        title=action.title,
        description=action.text,
        closed=False,
        labels=frozenset(action.labels),
        assignees=(action.assignee,) if action.assignee else (),
        due=action.due,
        confidential=action.confidential,
        author=0,
        created_at=observed.now,
        url=token(action.part),
    )


def _changed(issue: Issue, action: ChangeIssue) -> Issue:
    return replace(
        issue,
        labels=(issue.labels - set(action.remove_labels)) | set(action.add_labels),
        assignees=(action.assignee,) if action.assignee else issue.assignees,
        due=action.due or issue.due,
        closed=issue.closed if action.state is None else action.state == "closed",
        confidential=issue.confidential or bool(action.confidential),
        description=_ticked(issue.description, action.boxes),
    )


def _ticked(description: str, boxes: Iterable[tuple[str, Box]]) -> str:
    for task, box in boxes:
        description = checklists.mark(description, task, box)
    return description
