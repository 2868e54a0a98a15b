"""Who may see and do what.

https://docs.gitlab.com/user/permissions/
Answers yes or no, or raises the refusal that GitLab would give; changes nothing.
"""

from bot.simulator.errors import forbidden, message
from bot.simulator.model import (
    Holder,
    Issuable,
    Issue,
    Level,
    MergeRequest,
    Namespace,
    Note,
    Project,
    User,
)
from bot.simulator.simulator import Simulator
from bot.simulator.state import lineage

MEMBERS = frozenset(Level) - {Level.NONE, Level.MINIMAL}
PLANNING = MEMBERS - {Level.GUEST}
REPORTERS = PLANNING - {Level.PLANNER}
DEVELOPERS = frozenset({Level.DEVELOPER, Level.MAINTAINER, Level.OWNER})
MAINTAINERS = frozenset({Level.MAINTAINER, Level.OWNER})
OWNERS = frozenset({Level.OWNER})
ISSUE_REMOVERS = frozenset({Level.PLANNER, Level.OWNER})


def member_level(sim: Simulator, user: User | None, holder: Holder) -> int:
    """The highest level by membership, direct, inherited or by a shared group."""
    if user is None:
        return Level.NONE
    levels = [
        member.access_level
        for place in lineage(holder)
        if (member := place.members.get(user.id))
        and not (member.expires_at and member.expires_at <= sim.clock.now().date())
    ]
    levels += [
        min(share.access_level, member_level(sim, user, share.group))
        for place in lineage(holder)
        for share in place.shares.values()
        if user.id in share.group.members
        and not (share.expires_at and share.expires_at <= sim.clock.now().date())
    ]
    return max(levels, default=Level.NONE)


def level(sim: Simulator, user: User | None, holder: Holder) -> int:
    """The level that counts: an administrator has them all, an owner owns the own namespace."""
    if user is None:
        return Level.NONE
    if user.admin or any(isinstance(p, Namespace) and p.owner is user for p in lineage(holder)):
        return Level.OWNER
    return member_level(sim, user, holder)


def has(sim: Simulator, user: User | None, holder: Holder, levels: frozenset[Level]) -> bool:
    """Whether the user has one of these levels here."""
    return level(sim, user, holder) in levels


def can_read(sim: Simulator, user: User | None, holder: Holder) -> bool:
    """Whether the user may know that the group or project exists."""
    if holder.visibility == "public" or level(sim, user, holder) > Level.MINIMAL:
        return True
    if holder.visibility == "internal" and user is not None and not user.external:
        return True
    return isinstance(holder, Namespace) and _reads_something_below(sim, user, holder)


def require(sim: Simulator, user: User | None, holder: Holder, levels: frozenset[Level]) -> None:
    """Refuse with 403 who has none of these levels; an archived project takes no change."""
    if not has(sim, user, holder, levels):
        raise forbidden()
    require_writable(holder)


def require_writable(holder: Holder) -> None:
    """Refuse changes to an archived project."""
    if isinstance(holder, Project) and holder.archived:
        raise forbidden()


def is_premium_or_refuse(sim: Simulator, feature: str) -> None:
    """403 for what the Free tier does not have."""
    if not sim.premium:
        raise message(403, f"{feature} not available for current license")


def feature_on(sim: Simulator, user: User | None, project: Project, feature: str) -> bool:
    """Whether issues, merge requests or the repository are on, and open to this user."""
    access = project.features.get(feature, "enabled")
    return access == "enabled" or (access == "private" and has(sim, user, project, MEMBERS))


def shows_profile(viewer: User | None, user: User) -> bool:
    """Whether the viewer may know what somebody does: all who did not make it private."""
    if not user.settings.get("private_profile"):
        return True
    return viewer is not None and (viewer is user or viewer.admin)


def reads_repository(sim: Simulator, user: User | None, project: Project) -> bool:
    """Whether the user sees the repository, as far as it is switched on for them."""
    return feature_on(sim, user, project, "repository") and can_read_code(sim, user, project)


def can_read_code(sim: Simulator, user: User | None, project: Project) -> bool:
    """Whether the user sees code and merge requests: Reporter in a private project."""
    if not can_read(sim, user, project):
        return False
    return project.visibility != "private" or has(sim, user, project, REPORTERS)


def can_comment_code(sim: Simulator, user: User, project: Project) -> bool:
    """Whether the user may comment on commits: whoever reads the code."""
    return not project.archived and can_read_code(sim, user, project)


def can_see(sim: Simulator, user: User | None, item: Issuable) -> bool:
    """Whether the user may read this issue or merge request."""
    if isinstance(item, MergeRequest):
        on = feature_on(sim, user, item.project, "merge_requests")
        return on and can_read_code(sim, user, item.project)
    if not can_read(sim, user, item.project) or not feature_on(sim, user, item.project, "issues"):
        return False
    return not (isinstance(item, Issue) and item.confidential) or _trusted(sim, user, item)


def visible_issues(sim: Simulator, user: User | None, project: Project) -> list[Issue]:
    """The issues of a project that the user may read; asks about the project only once."""
    if not can_read(sim, user, project) or not feature_on(sim, user, project, "issues"):
        return []
    if has(sim, user, project, PLANNING):
        return list(project.issues.values())
    return [i for i in project.issues.values() if not i.confidential or _trusted(sim, user, i)]


def can_see_note(sim: Simulator, user: User | None, note: Note) -> bool:
    """Internal notes are for Planner or Reporter and above; mentions for who sees their source."""
    if note.mentioned_from and not can_see(sim, user, note.mentioned_from):
        return False
    if not note.internal:
        return True
    return note.author is user or has(sim, user, note.noteable.project, PLANNING)


def can_administer(sim: Simulator, user: User | None, item: Issuable) -> bool:
    """Whether the user may set labels, assignees, milestone and dates of an existing thing."""
    levels = PLANNING if isinstance(item, Issue) else DEVELOPERS
    return has(sim, user, item.project, levels)


def can_update(sim: Simulator, user: User | None, item: Issuable) -> bool:
    """Whether the user may change the text and the state: also author and assignees."""
    own = user is not None and (user is item.author or user in item.assignees)
    return (own and can_see(sim, user, item)) or can_administer(sim, user, item)


def can_comment(sim: Simulator, user: User | None, item: Issuable) -> bool:
    """Whoever sees it may comment; once locked, only members."""
    if user is None or item.project.archived or not can_see(sim, user, item):
        return False
    return not item.discussion_locked or has(sim, user, item.project, MEMBERS)


def can_edit_note(sim: Simulator, user: User | None, note: Note) -> bool:
    """The author and Maintainers; nobody edits system notes."""
    if note.system or user is None:
        return False
    return note.author is user or has(sim, user, note.noteable.project, MAINTAINERS)


def require_update(sim: Simulator, user: User | None, item: Issuable) -> None:
    """Refuse with 403 who may not change this."""
    if not can_update(sim, user, item):
        raise forbidden()
    require_writable(item.project)


def _trusted(sim: Simulator, user: User | None, item: Issue) -> bool:
    if user is None:
        return False
    return user is item.author or user in item.assignees or has(sim, user, item.project, PLANNING)


def _reads_something_below(sim: Simulator, user: User | None, group: Namespace) -> bool:
    """A member of a project or subgroup can see the groups above."""
    if user is None:
        return False
    below = {g.id for g in sim.state.descendants(group)}
    return any(user.id in sim.state.namespaces[i].members for i in below) or any(
        user.id in project.members
        for project in sim.state.projects.values()
        if project.namespace.id in below | {group.id}
    )
