"""Issues, labels and links, as a plan wants them: opened once, changed, compared.

Before it creates it looks for what bears the same marker. What GitLab leaves out without a word
is noticed by comparing its answer with what was asked.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any

from bot.domain import checklists, fields
from bot.domain.actions import ChangeIssue, CreateIssue, LinkIssues
from bot.domain.checklists import Box
from bot.domain.markers import Keyring, Marker
from bot.domain.observed import Issue
from bot.domain.process import ROOT
from bot.domain.rendering import resolve
from bot.gitlab import bodies
from bot.gitlab.client import Client, NotAllowed, NotVisible
from bot.gitlab.find import Finder, issue_path
from bot.gitlab.standing import Conflict, Standing

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


class Issues:
    """Opens, changes and links the issues of a launch."""

    def __init__(
        self, client: Client, finder: Finder, keyring: Keyring, standing: Standing
    ) -> None:
        self._client = client
        self._finder = finder
        self._keyring = keyring
        self._standing = standing
        self._launch = standing.observed.launch

    def create(self, action: CreateIssue) -> None:
        """Open the issue of a part, unless one with its marker stands there already."""
        name = fields.key(action.part, fields.CREATE)
        try:
            found = self._already_there(action)
            raw = found or self._open(action)
        except NotVisible as problem:
            self._standing.refuse(name, action.part, f"GitLab shows me no issues there: {problem}.")
        except NotAllowed as problem:
            self._standing.refuse(name, action.part, problem.why)
        else:
            self._standing.issues[action.part] = bodies.issue(raw)
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
        known = self._standing.observed.record()
        place = known.parts.get(part) if known else None
        return place is not None and place.project != issue.project

    def _already_there(self, action: CreateIssue) -> dict[str, Any] | None:
        since = [issue.created_at for issue in self._standing.issues.values()]
        query = {"created_after": (min(since) - _CLOCK_SKEW).isoformat()} if since else {}
        wanted = (self._launch, action.part)
        marked = self._finder.marked(action.project, **query)
        return next((raw for marker, raw in marked if (marker.launch, marker.part) == wanted), None)

    def _new_issue(self, action: CreateIssue) -> Mapping[str, Any]:
        key = self._keyring.digest(*action.identity) if action.identity else None
        marker = Marker(self._launch, action.part, key=key)
        text = resolve(action.text, self._standing.addresses())
        return {
            "title": action.title,
            "description": bodies.body(text, marker, self._keyring),
            "labels": ",".join(action.labels),
            "confidential": action.confidential,
            **({"assignee_ids": [action.assignee.id]} if action.assignee else {}),
            **({"due_date": action.due.isoformat()} if action.due else {}),
        }

    def change(self, action: ChangeIssue) -> None:
        """Set the fields of an issue."""
        action = self._with_known_labels(action)
        if not (_fields(action) or action.boxes):
            return
        issue = self._standing.issues[action.part]
        now = self._expect_untouched(issue, action)
        text = _with_boxes(now.description, action.boxes)
        body = {**_fields(action), **({"description": text} if action.boxes else {})}
        try:
            raw = self._client.put(issue_path(issue.project, issue.iid), body)
        except NotAllowed as problem:
            for name, want in _wanted(action):
                self._standing.refuse(fields.key(action.part, name), want, problem.why)
        else:
            self._standing.issues[action.part] = bodies.issue(raw)
            self._compare(action, raw)

    def _expect_untouched(self, issue: Issue, action: ChangeIssue) -> Issue:
        """Read a field again just before it is written: what a person set meanwhile is theirs."""
        now = bodies.issue(self._client.get(issue_path(issue.project, issue.iid)))
        touched = (
            (action.due and now.due != issue.due)
            or (action.assignee and now.assignees != issue.assignees)
            or (action.state and now.closed != issue.closed)
            or any(_box(now, task) != _box(issue, task) for task, _ in action.boxes)
        )
        if touched:
            raise Conflict("somebody has changed the issue")
        return now

    def _with_known_labels(self, action: ChangeIssue) -> ChangeIssue:
        """The change without labels that the project lacks; GitLab would create them."""
        issue = self._standing.issues[action.part]
        if self._is_new_home(action.part, issue) or action.part == "request":
            self._ensure(issue.project, action.known_labels)
        lost = sorted(self._finder.lacks(issue.project, action.add_labels))
        for label in lost:
            for name in (fields.GATE, fields.LABEL):
                key = fields.key(action.part, name)
                self._standing.refuse(key, label, _NO_LABEL.format(label))
        return replace(action, add_labels=(), remove_labels=()) if lost else action

    def _compare(self, action: CreateIssue | ChangeIssue, raw: dict[str, Any]) -> None:
        """Notice what GitLab has left out without a word."""
        for name, want in _wanted(action):
            if want not in _there(name, raw):
                self._standing.refuse(fields.key(action.part, name), want, _dropped(action, name))

    def link(self, action: LinkIssues) -> None:
        """Relate an issue to the root; a link that is there already is as good."""
        root, other = self._standing.issues[ROOT], self._standing.issues[action.part]
        body = {
            "target_project_id": other.project,
            "target_issue_iid": other.iid,
            "link_type": "relates_to",
        }
        try:
            self._client.post(f"{issue_path(root.project, root.iid)}/links", body)
        except NotAllowed as problem:
            if not problem.is_conflict:
                self._standing.refuse(fields.key(action.part, fields.LINK), "yes", problem.why)


def _box(issue: Issue, task: str) -> str | None:
    return checklists.read(issue.description).get(task)


def _with_boxes(text: str, boxes: Iterable[tuple[str, Box]]) -> str:
    """A description with boxes set; what else people wrote there meanwhile stays."""
    for task, box in boxes:
        text = checklists.mark(text, task, box)
    return text


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
