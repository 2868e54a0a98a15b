"""All data of one GitLab and the indexes that keep look-ups fast.

Stores and finds; decides nothing.
"""

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from bot.simulator.kept import Kept
from bot.simulator.model import (
    Holder,
    Issuable,
    Issue,
    Label,
    MergeRequest,
    Milestone,
    Namespace,
    Note,
    Project,
    Token,
    User,
)

if TYPE_CHECKING:
    from bot.simulator.model_ci import JobToken

_SETTINGS = {
    "id": 1,
    "default_branch_name": "main",
    "default_projects_limit": 100000,
    "restricted_visibility_levels": [],
    "default_project_visibility": "private",
    "default_group_visibility": "private",
    "deletion_adjourned_period": 30,
    "enforce_ci_inbound_job_token_scope_enabled": True,
    "password_authentication_enabled_for_web": True,
    "rate_limiting_response_text": None,
    "signup_enabled": True,
    "throttle_authenticated_api_enabled": False,
    "throttle_authenticated_api_period_in_seconds": 3600,
    "throttle_authenticated_api_requests_per_period": 7200,
    "throttle_unauthenticated_api_enabled": False,
    "throttle_unauthenticated_api_period_in_seconds": 3600,
    "throttle_unauthenticated_api_requests_per_period": 3600,
}


class State:
    """Everything there is, by id."""

    def __init__(self) -> None:
        self.users: dict[int, User] = {}
        self.tokens: dict[str, Token] = {}
        self.namespaces: dict[int, Namespace] = {}
        self.projects: dict[int, Project] = {}
        self.issues: dict[int, Issue] = {}
        self.merge_requests: dict[int, MergeRequest] = {}
        self.notes: dict[int, Note] = {}
        self.job_tokens: dict[str, JobToken] = {}
        self.settings: dict[str, Any] = dict(_SETTINGS)
        self.kept = Kept()
        self._by_username: dict[str, User] = {}
        self._by_path: dict[str, Holder] = {}
        self._last_id: Counter[str] = Counter()

    def next_id(self, kind: str) -> int:
        """A fresh id; each kind counts from 1."""
        self._last_id[kind] += 1
        return self._last_id[kind]

    def add_user(self, user: User) -> None:
        """Store a user and index the name."""
        self.users[user.id] = user
        self._by_username[user.username.lower()] = user

    def add_token(self, token: Token) -> None:
        """Store a token by its value."""
        self.tokens[token.value] = token

    def add_holder(self, holder: Holder) -> None:
        """Store a group, personal namespace or project and index its path."""
        if isinstance(holder, Project):
            self.projects[holder.id] = holder
        else:
            self.namespaces[holder.id] = holder
        self._by_path[holder.full_path.lower()] = holder

    def reindex_paths(self) -> None:
        """Rebuild the path index after a rename, move or removal."""
        every: list[Holder] = [*self.namespaces.values(), *self.projects.values()]
        self._by_path = {holder.full_path.lower(): holder for holder in every}

    def user_named(self, username: str) -> User | None:
        """The user of this name, whatever the case."""
        return self._by_username.get(username.lower())

    def rename_user(self, user: User, username: str) -> None:
        """Give a user another name."""
        del self._by_username[user.username.lower()]
        user.username = user.namespace.path = username
        self.add_user(user)
        self.reindex_paths()

    def remove_user(self, user: User) -> None:
        """Forget a user, the personal namespace, and keys and addresses."""
        self.kept.drop("users", user.id)
        del self.users[user.id], self._by_username[user.username.lower()]
        del self.namespaces[user.namespace.id]
        self.reindex_paths()

    def holder_at(self, path: str) -> Holder | None:
        """The group, personal namespace or project at this path, whatever the case."""
        return self._by_path.get(path.lower())

    def project_at(self, path: str) -> Project | None:
        """The project at this path."""
        found = self.holder_at(path)
        return found if isinstance(found, Project) else None

    def next_iid(self, holder: Holder, kind: str) -> int:
        """A fresh number within the group or project; none is ever given twice."""
        holder.iids[kind] = holder.iids.get(kind, 0) + 1
        return holder.iids[kind]

    def add_issue(self, issue: Issue) -> None:
        """Store an issue."""
        self.issues[issue.id] = issue
        issue.project.issues[issue.iid] = issue

    def remove_issue(self, issue: Issue) -> None:
        """Forget an issue, its notes and its links."""
        for link in list(issue.links.values()):
            del link.source.links[link.id], link.target.links[link.id]
        for note in issue.notes:
            self.notes.pop(note.id, None)
        if issue.epic:
            kept = {n: other for n, other in issue.epic.issues.items() if other is not issue}
            issue.epic.issues = kept
        del self.issues[issue.id], issue.project.issues[issue.iid]
        for user in self.users.values():
            user.todos = [todo for todo in user.todos if todo.target is not issue]

    def remove_project(self, project: Project) -> None:
        """Forget a project and its issues and merge requests."""
        for issue in list(project.issues.values()):
            self.remove_issue(issue)
        for request in project.merge_requests.values():
            del self.merge_requests[request.id]
            for issue in request.closing:
                issue.closing_requests.pop(request.id, None)
        del self.projects[project.id]
        self.reindex_paths()

    def remove_group(self, group: Namespace) -> None:
        """Forget a group with all that is below it."""
        for child in self.subgroups(group):
            self.remove_group(child)
        for project in self.projects_in(group):
            self.remove_project(project)
        del self.namespaces[group.id]
        self.reindex_paths()

    def subgroups(self, group: Namespace) -> list[Namespace]:
        """The groups directly below."""
        return [other for other in self.namespaces.values() if other.parent is group]

    def descendants(self, group: Namespace) -> Iterator[Namespace]:
        """The groups below, at any depth."""
        for child in self.subgroups(group):
            yield child
            yield from self.descendants(child)

    def projects_in(self, group: Namespace, *, deep: bool = False) -> list[Project]:
        """The projects of a group, with `deep` also of its subgroups."""
        below = {group.id} | ({g.id for g in self.descendants(group)} if deep else set())
        return [p for p in self.projects.values() if p.namespace.id in below]


def lineage(holder: Holder) -> list[Holder]:
    """The holder and the groups above it, nearest first."""
    if isinstance(holder, Project):
        return [holder, *holder.namespace.lineage()]
    return list(holder.lineage())


def visible_labels(holder: Holder) -> list[Label]:
    """The labels usable here: own ones and those of the groups above."""
    return [label for place in lineage(holder) for label in place.labels.values()]


def near_labels(holder: Holder) -> list[Label]:
    """Own labels and, of a project, those of its group: without those of the groups above."""
    places = lineage(holder)[: 2 if isinstance(holder, Project) else 1]
    return [label for place in places for label in place.labels.values()]


def find_label(holder: Holder, name: str) -> Label | None:
    """A usable label by exact name; the nearest wins."""
    return next((label for label in visible_labels(holder) if label.name == name), None)


def visible_milestones(holder: Holder) -> list[Milestone]:
    """The milestones usable here: own ones and those of the groups above."""
    return [stone for place in lineage(holder) for stone in place.milestones.values()]


def kind_of(issuable: Issuable) -> str:
    """The word GitLab uses for the kind of thing in types and hooks."""
    return "Issue" if isinstance(issuable, Issue) else "MergeRequest"
