"""The one writer: carries out the actions of a plan, one at a time, each at most once.

It decides nothing: what it does stands in the plan. Before it creates it looks for what bears
the same marker, and before it writes the record it looks whether that has moved on.
What GitLab refuses, also silently, comes back as refusals.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, assert_never

from bot.domain import fields, record
from bot.domain.actions import (
    Action,
    ChangeIssue,
    CreateIssue,
    KeepDefinition,
    LinkIssues,
    Plan,
    PostNote,
    WriteStatus,
)
from bot.domain.errors import PermanentError, TransientError
from bot.domain.markers import Keyring, Marker
from bot.domain.observed import Issue, Observed, Refusal
from bot.domain.process import ROOT
from bot.domain.record import Place, Record
from bot.domain.rendering import resolve
from bot.gitlab import bodies
from bot.gitlab.client import Client, NotAllowed, NotVisible
from bot.gitlab.find import Finder, issue_path

_CLOCK_SKEW = timedelta(minutes=5)
_NO_MEMBER = (
    "GitLab dropped {} without a word, most likely because they are no member of the project. "
    "Add them to it, or assign somebody else."
)
_NO_REPORTER = (
    "GitLab left it out without a word, most likely because my user is only a guest in the "
    "project. Give it the Reporter role."
)


_NO_LABEL = (
    'the project has no label ~"{}" any more, and I do not create it anew. '
    "Give it its old name again, or create it."
)
_COLOUR = "#6699cc"
_HOUR = timedelta(hours=1)
_MOST_AN_HOUR = 10
"""More comments of ours in one thread and hour are a loop, or feel like one."""
_ENOUGH = "I have commented there so often within an hour that I leave it in peace."


class Conflict(TransientError):  # noqa: N818 - GitLab's word for it
    """Something moved between reading and writing: observe and plan again at once."""

    def __init__(self, what: str) -> None:
        super().__init__(what, retry_after=0.0)


@dataclass(slots=True)
class Outcome:
    """What came of a plan: where the launch stands now, and what was refused."""

    root: tuple[int, int] | None = None
    status: int | None = None
    record: Record | None = None
    refusals: list[Refusal] = field(default_factory=list)


class Writer:
    """Applies plans."""

    def __init__(self, client: Client, finder: Finder, keyring: Keyring) -> None:
        self._client = client
        self._finder = finder
        self._keyring = keyring

    def apply(
        self,
        observed: Observed,
        plan: Plan,
        done: Callable[[Action], None] = lambda _action: None,
    ) -> Outcome:
        """Carry out a plan; stops where the rest would build on what was refused.

        `done` hears of each action that was carried out, and not refused, as soon as it was.

        Raises:
            Conflict: The record has moved on since it was observed, or something has gone.
            TransientError: GitLab could not be reached, or the answer to a write was lost.
            PermanentError: The bot may not write its own notes.
        """
        work = _Work(self._client, self._finder, self._keyring, observed)
        try:
            for action in plan.actions:
                if work.may(action) and work.do(action):
                    done(action)
        except NotAllowed as problem:
            raise PermanentError(f"the bot cannot keep its notes: {problem.why}") from problem
        except NotVisible as problem:
            raise Conflict(f"something has gone meanwhile: {problem}") from problem
        return work.outcome()


class _Work:
    """The carrying out of one plan: what is known of issues that it opens itself."""

    def __init__(
        self, client: Client, finder: Finder, keyring: Keyring, observed: Observed
    ) -> None:
        self._client = client
        self._finder = finder
        self._keyring = keyring
        self._observed = observed
        whole = observed.status if observed.status and observed.status.record else None
        self._status = whole.note if whole else None
        self._signed_for = whole.root if whole else 0
        self._shown = whole.record if whole else None
        self._record = observed.record()
        self._issues = {
            part: issue
            for part in (ROOT, "request", *observed.phases)
            if (issue := observed.issue(part))
        }
        self._refusals: list[Refusal] = []

    def outcome(self) -> Outcome:
        """What has come of it so far."""
        root = self._issues.get(ROOT)
        place = (root.project, root.iid) if root else None
        return Outcome(place, self._status, self._record, self._refusals)

    def may(self, action: Action) -> bool:
        """Whether what an action builds on is there; all of a start builds on its root."""
        if any(refusal.key == fields.key(ROOT, fields.CREATE) for refusal in self._refusals):
            return False
        match action:
            case CreateIssue(part=part):
                return part == ROOT or ROOT in self._issues
            case LinkIssues(part=part):
                return part in self._issues and ROOT in self._issues
            case WriteStatus(settles=True) if self._refusals:
                return False
            case KeepDefinition() | WriteStatus():
                return ROOT in self._issues
            case ChangeIssue(part=part) | PostNote(part=part):
                return part in self._issues
            case _:
                assert_never(action)

    def do(self, action: Action) -> bool:
        """Carry out one action; whether GitLab refused nothing of it."""
        before = len(self._refusals)
        self._do(action)
        return len(self._refusals) == before

    def _do(self, action: Action) -> None:
        match action:
            case CreateIssue():
                self._create(action)
            case ChangeIssue():
                self._change(action)
            case LinkIssues():
                self._link(action)
            case PostNote():
                self._say(action)
            case KeepDefinition():
                self._keep_definition(action)
            case WriteStatus():
                self._write_status(action)
            case _:
                assert_never(action)

    def _create(self, action: CreateIssue) -> None:
        name = fields.key(action.part, fields.CREATE)
        try:
            found = self._already_there(action)
            raw = found or self._open(action)
        except NotVisible as problem:
            self._refuse(name, action.part, f"GitLab shows me no issues there: {problem}.")
        except NotAllowed as problem:
            self._refuse(name, action.part, problem.why)
        else:
            self._issues[action.part] = bodies.issue(raw)
            if not found:
                self._compare(action, raw)

    def _open(self, action: CreateIssue) -> dict[str, Any]:
        self._ensure(action.project, action.known_labels | {*action.labels})
        return self._client.post(f"/projects/{action.project}/issues", self._new_issue(action))

    def _ensure(self, project: int, labels: Collection[str]) -> None:
        """Create the labels that a project does not know yet, in the open."""
        for label in sorted(self._finder.lacks(project, labels)):
            body = {"name": label, "color": _COLOUR, "description": "Used by Launchbot"}
            with suppress(NotAllowed):
                self._client.post(f"/projects/{project}/labels", body)

    def _is_new_home(self, part: str, issue: Issue) -> bool:
        """Whether an issue was moved since the record was written."""
        known = self._observed.record()
        place = known.parts.get(part) if known else None
        return place is not None and place.project != issue.project

    def _already_there(self, action: CreateIssue) -> dict[str, Any] | None:
        since = [issue.created_at for issue in self._issues.values()]
        query = {"created_after": (min(since) - _CLOCK_SKEW).isoformat()} if since else {}
        wanted = (self._observed.launch, action.part)
        marked = self._finder.marked(action.project, **query)
        return next((raw for marker, raw in marked if (marker.launch, marker.part) == wanted), None)

    def _new_issue(self, action: CreateIssue) -> Mapping[str, Any]:
        key = self._keyring.digest(*action.identity) if action.identity else None
        marker = Marker(self._observed.launch, action.part, key=key)
        text = resolve(action.text, self._addresses())
        return {
            "title": action.title,
            "description": bodies.body(text, marker, self._keyring),
            "labels": ",".join(action.labels),
            "confidential": action.confidential,
            **({"assignee_ids": [action.assignee.id]} if action.assignee else {}),
            **({"due_date": action.due.isoformat()} if action.due else {}),
        }

    def _change(self, action: ChangeIssue) -> None:
        issue = self._issues[action.part]
        if self._is_new_home(action.part, issue):
            self._ensure(issue.project, action.known_labels)
        for label in self._finder.lacks(issue.project, action.add_labels):
            # GitLab would create it without a word.
            for name in (fields.GATE, fields.LABEL):
                self._refuse(fields.key(action.part, name), label, _NO_LABEL.format(label))
            action = replace(action, add_labels=(), remove_labels=())
        if not _fields(action):
            return
        try:
            raw = self._client.put(issue_path(issue.project, issue.iid), _fields(action))
        except NotAllowed as problem:
            for name, want in _wanted(action):
                self._refuse(fields.key(action.part, name), want, problem.why)
        else:
            self._issues[action.part] = bodies.issue(raw)
            self._compare(action, raw)

    def _compare(self, action: CreateIssue | ChangeIssue, raw: dict[str, Any]) -> None:
        """Notice what GitLab has left out without a word."""
        for name, want in _wanted(action):
            if want not in _there(name, raw):
                self._refuse(fields.key(action.part, name), want, _dropped(action, name))

    def _link(self, action: LinkIssues) -> None:
        root, other = self._issues[ROOT], self._issues[action.part]
        body = {
            "target_project_id": other.project,
            "target_issue_iid": other.iid,
            "link_type": "relates_to",
        }
        try:
            self._client.post(f"{issue_path(root.project, root.iid)}/links", body)
        except NotAllowed as problem:
            if not problem.is_conflict:
                self._refuse(fields.key(action.part, fields.LINK), "yes", problem.why)

    def _say(self, action: PostNote) -> None:
        issue = self._issues[action.part]
        marker = bodies.note_marker(self._observed.launch, action.key, issue.id)
        body = bodies.body(resolve(action.text, self._addresses()), marker, self._keyring)
        try:
            if action.note is not None:
                self._rewrite(issue, action.note, body)
            else:
                self._post_once(issue, action, body)
        except NotAllowed as problem:
            self._refuse(action.key, action.part, problem.why)

    def _post_once(self, issue: Issue, action: PostNote, body: str) -> None:
        notes = self._finder.notes(issue.project, issue.iid)
        if action.key in bodies.said(notes, self._observed.launch, self._keyring, issue.id):
            return
        since = self._observed.now - _HOUR
        ours = [note for note in notes if not note["system"]]
        if sum(datetime.fromisoformat(n["created_at"]) > since for n in ours) >= _MOST_AN_HOUR:
            self._refuse(action.key, action.part, _ENOUGH)
            return
        self._client.post(_notes(issue), {"body": body})

    def _rewrite(self, issue: Issue, note: int, body: str) -> int:
        """Edit a comment of ours; one that a former bot user wrote gets a successor."""
        try:
            self._client.put(f"{_notes(issue)}/{note}", {"body": body})
        except NotAllowed:
            return int(self._client.post(_notes(issue), {"body": body})["id"])
        return note

    def _keep_definition(self, action: KeepDefinition) -> None:
        root = self._issues[ROOT]
        kept = record.hide(action.text)
        if any(kept in note["body"] for note in self._finder.notes(root.project, root.iid)):
            return
        body = bodies.definition_body(action.text, self._observed.launch, self._keyring, root.id)
        self._client.post(_notes(root), {"body": body})

    def _write_status(self, action: WriteStatus) -> None:
        root = self._issues[ROOT]
        self._expect_unmoved(root)
        revision = (self._record.revision if self._record else 0) + 1
        known = {part: _place(issue) for part, issue in self._issues.items()}
        kept = action.record.model_copy(
            update={"revision": revision, "parts": {**action.record.parts, **known}}
        )
        text = resolve(action.text, self._addresses())
        body = bodies.status_body(text, kept, self._keyring, root.id)
        if self._status is None:
            self._status = int(self._client.post(_notes(root), {"body": body})["id"])
        else:
            self._status = self._rewrite(root, self._status, body)
        self._signed_for, self._shown, self._record = root.id, kept, kept

    def _expect_unmoved(self, root: Issue) -> None:
        launch = self._observed.launch
        if self._status is None:
            self._expect_none(root)
            return
        try:
            raw = self._client.get(f"{_notes(root)}/{self._status}")
        except NotVisible as problem:
            raise Conflict("the status note is gone") from problem
        status = bodies.status(raw, launch, self._keyring, self._signed_for or root.id)
        if not status or status.record != self._shown:
            raise Conflict("the status note has changed")

    def _expect_none(self, root: Issue) -> None:
        """No status note that is whole; a broken one stays where it is."""
        for note in self._finder.notes(root.project, root.iid):
            status = bodies.status(note, self._observed.launch, self._keyring, root.id)
            if status and status.record:
                raise Conflict("a status note has appeared")

    def _addresses(self) -> dict[str, str]:
        addresses = {part: issue.url for part, issue in self._issues.items()}
        rival = self._observed.rival
        return {**addresses, **({"rival": rival.url} if rival else {})}

    def _refuse(self, key: str, want: str, why: str) -> None:
        self._refusals.append(Refusal(key, want, why))


def _fields(action: ChangeIssue) -> dict[str, Any]:
    values: dict[str, Any] = {
        "add_labels": ",".join(action.add_labels),
        "remove_labels": ",".join(action.remove_labels),
        "assignee_ids": [action.assignee.id] if action.assignee else None,
        "due_date": action.due.isoformat() if action.due else None,
        "state_event": {"opened": "reopen", "closed": "close", None: None}[action.state],
        "confidential": action.confidential,
    }
    return {name: value for name, value in values.items() if value}


def _wanted(action: CreateIssue | ChangeIssue) -> Iterator[tuple[str, str]]:
    if action.assignee:
        yield fields.ASSIGNEE, str(action.assignee.id)
    if action.due:
        yield fields.DUE, action.due.isoformat()
    if action.confidential:
        yield fields.CONFIDENTIAL, "yes"
    if isinstance(action, ChangeIssue) and action.state:
        yield fields.STATE, action.state
    for label in action.add_labels if isinstance(action, ChangeIssue) else ():
        yield fields.GATE, label
        yield fields.LABEL, label


def _there(name: str, raw: dict[str, Any]) -> Collection[str]:
    """What an issue has in a field, in the words of the record."""
    values: dict[str, Collection[str]] = {
        fields.ASSIGNEE: [str(user["id"]) for user in raw["assignees"]],
        fields.DUE: [raw["due_date"]],
        fields.CONFIDENTIAL: ["yes"] if raw["confidential"] else [],
        fields.STATE: [raw["state"]],
        fields.GATE: raw["labels"],
        fields.LABEL: raw["labels"],
    }
    return values[name]


def _dropped(action: CreateIssue | ChangeIssue, name: str) -> str:
    if name == fields.ASSIGNEE and action.assignee:
        return _NO_MEMBER.format(action.assignee.username)
    return _NO_REPORTER


def _notes(issue: Issue) -> str:
    return f"{issue_path(issue.project, issue.iid)}/notes"


def _place(issue: Issue) -> Place:
    return Place(id=issue.id, project=issue.project, iid=issue.iid)
