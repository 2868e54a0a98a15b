"""Issues that commits and merge requests close, and what commits mention.

https://docs.gitlab.com/user/project/issues/managing_issues/#closing-issues-automatically
https://docs.gitlab.com/user/project/issues/crosslinking_issues/#from-commit-messages
"""

import re
from collections.abc import Iterable

from bot.simulator import editing, mentions, system_notes
from bot.simulator import repository as git
from bot.simulator.model import Issue, MergeRequest, Project, User
from bot.simulator.model_code import Commit
from bot.simulator.permissions import can_see, can_update
from bot.simulator.simulator import Simulator
from bot.simulator.text import references

_ONE = r"(?:issues? +)?(?:https?://\S+?/-/(?:issues|work_items)/\d+|(?:[\w.-]+(?:/[\w.-]+)*)?#\d+)"
_CLOSES = re.compile(
    r"\b(?:[Cc]los(?:e[sd]?|ing)|[Ff]ix(?:e[sd]|ing)?|[Rr]esolv(?:e[sd]?|ing)"
    rf"|[Ii]mplement(?:s|ed|ing)?):? +(?P<named>{_ONE}(?:(?:\s*,?\s+and\s+| *,? *){_ONE})*)"
)


def of_request(sim: Simulator, viewer: User | None, item: MergeRequest) -> list[Issue]:
    """The issues that merging into the default branch closes, as far as the viewer sees them."""
    if item.target_branch != item.project.default_branch:
        return []
    messages = (commit.message for commit in git.between(item.base, item.head))
    found = _closed_by(sim, item.project, [item.description or "", *messages])
    return [issue for issue in found if can_see(sim, viewer, issue)]


def remember(sim: Simulator, actor: User, item: MergeRequest) -> None:
    """Keep which issues an open merge request would close, for the issues to count it."""
    if item.state != "opened":
        return
    forget(item)
    item.closing = of_request(sim, actor, item)
    for issue in item.closing:
        issue.closing_requests[item.id] = item


def forget(item: MergeRequest) -> None:
    """The request is gone, or closes other issues."""
    for issue in item.closing:
        issue.closing_requests.pop(item.id, None)


def close(sim: Simulator, actor: User, issues: Iterable[Issue]) -> None:
    """Close those that the actor may close, where their project lets it happen."""
    for issue in issues:
        automatic = issue.project.settings.get("autoclose_referenced_issues", True)
        if automatic and can_update(sim, actor, issue):
            editing.close(sim, actor, issue)


def pushed(
    sim: Simulator, actor: User, project: Project, branch: str, commits: Iterable[Commit]
) -> None:
    """Commits mention issues and merge requests; on the default branch they also close."""
    known = list(commits)
    for commit in known:
        _mention(sim, actor, project, commit)
    if branch == project.default_branch:
        close(sim, actor, _closed_by(sim, project, [commit.message for commit in known]))


def _mention(sim: Simulator, actor: User, project: Project, commit: Commit) -> None:
    for path, sign, number in references(commit.message, sim.url):
        target = mentions.find_in(sim, project, path, sign, number)
        if target and can_see(sim, actor, target):
            system_notes.mentioned_in_commit(sim, target, actor, project, commit.id)


def _closed_by(sim: Simulator, project: Project, texts: list[str]) -> list[Issue]:
    named = [
        mentions.find_in(sim, project, *reference)
        for text in texts
        for found in _CLOSES.finditer(text)
        for reference in references(found["named"], sim.url)
    ]
    return list(dict.fromkeys(issue for issue in named if isinstance(issue, Issue)))
