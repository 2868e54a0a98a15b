"""Merge requests: https://docs.gitlab.com/api/merge_requests/."""

from html import escape
from typing import Any

from bot.simulator import (
    auto_merging,
    closing,
    diffs,
    merging,
    opening,
    present_issues,
    present_requests,
    rebasing,
    request_filters,
    writing,
)
from bot.simulator import repository as git
from bot.simulator.api import finders, instance, issuable_params
from bot.simulator.api.issues import shown as shown_issue
from bot.simulator.editing import Wanted
from bot.simulator.errors import (
    conflict,
    forbidden,
    invalid,
    invalid_fields,
    message,
    unauthorized,
)
from bot.simulator.model import MergeRequest, Project
from bot.simulator.paging import paged
from bot.simulator.permissions import (
    DEVELOPERS,
    OWNERS,
    can_see,
    feature_on,
    has,
    require,
    require_update,
    require_writable,
)
from bot.simulator.routing import Answer, Call, Route

_SIMPLE = (
    *("id", "iid", "project_id", "title", "description", "state", "created_at", "updated_at"),
    "web_url",
)
_CHANGES = (
    *("assignee_id", "assignee_ids", "reviewer_ids", "description", "labels", "add_labels"),
    *("remove_labels", "milestone_id", "milestone", "remove_source_branch", "allow_collaboration"),
    *("allow_maintainer_to_push", "squash", "target_branch", "title", "state_event"),
    *("discussion_locked", "merge_after"),
)


def list_all(call: Call) -> Answer:
    """Of all projects; without `scope=all` only the caller's own."""
    if call.params.text("scope") != "all" and call.caller is None:
        raise unauthorized()
    return _list(call, list(call.sim.state.projects.values()), "created_by_me")


def list_group(call: Call) -> Answer:
    """Of a group and all below it."""
    group = finders.group(call)
    return _list(call, call.sim.state.projects_in(group, deep=True), seen_from=group)


def list_project(call: Call) -> Answer:
    """Of a project."""
    project = finders.project(call)
    return _list(call, [project], seen_from=project)


def get_request(call: Call) -> Any:
    """One merge request, with what else is asked for."""
    item, params = finders.merge_request(call), call.params
    shown = _full(call, item)
    if params.flag("include_diverged_commits_count"):
        target = item.project.branches.get(item.target_branch)
        shown["diverged_commits_count"] = len(git.between(item.head, target)) if target else 0
    if params.flag("include_rebase_in_progress"):
        shown["rebase_in_progress"] = False
    if params.flag("render_html"):
        shown["title_html"] = escape(item.title)
        shown["description_html"] = instance.html(item.description or "")
    return shown


def create_request(call: Call) -> Any:
    """A merge request between two existing branches, by Developers."""
    source, params = finders.project(call), call.params
    params.require("title", "source_branch", "target_branch")
    target_id = params.text("target_project_id")
    project = finders.project(call, target_id) if target_id else source
    require(call.sim, call.user, source, DEVELOPERS)
    require_writable(project)
    if not feature_on(call.sim, call.user, project, "merge_requests"):
        raise forbidden()
    wanted = _wanted(call, project)
    wanted["source_branch"] = params.required_text("source_branch")
    wanted["target_branch"] = params.required_text("target_branch")
    _validate_branches(project, source, wanted)
    begin = writing.begin
    return _full(call, opening.create(call.sim, call.user, project, source, wanted, begin=begin))


def update_request(call: Call) -> Any:
    """Change a merge request."""
    item = finders.merge_request(call)
    event = call.params.choice("state_event", ("close", "reopen"))
    require_update(call.sim, call.user, item)
    wanted = _wanted(call, item.project)
    if call.params.has("target_branch"):
        wanted["target_branch"] = call.params.required_text("target_branch")
    if event:
        wanted["state_event"] = event
    if not wanted:
        names = ", ".join(_CHANGES)
        raise invalid(f"{names} are missing, at least one parameter must be provided")
    writing.update(call.sim, call.user, item, wanted)
    closing.remember(call.sim, call.user, item)
    merging.plan_auto_merge(call.sim, item)
    return _full(call, item)


def delete_request(call: Call) -> None:
    """Remove a merge request: Owners."""
    item = finders.merge_request(call)
    if not has(call.sim, call.user, item.project, OWNERS):
        raise forbidden()
    finders.unmodified(call, item.updated_at)
    closing.forget(item)
    del call.sim.state.merge_requests[item.id], item.project.merge_requests[item.iid]
    for other in call.sim.state.merge_requests.values():
        other.blockers = {n: first for n, first in other.blockers.items() if first is not item}


def merge(call: Call) -> Any:
    """Merge, or with `auto_merge` merge once nothing is against it."""
    item, params = finders.merge_request(call), call.params
    if not merging.may_merge(call.sim, call.user, item.project, item.target_branch):
        raise unauthorized()
    sha = params.text("sha")
    if sha and sha != item.head.id:
        raise conflict(f"SHA does not match HEAD of source branch: {item.head.id}")
    item.squash = bool(params.flag("squash", item.squash))
    item.should_remove_source_branch = params.flag(
        "should_remove_source_branch", item.should_remove_source_branch
    )
    waits = params.flag("auto_merge") or params.flag("merge_when_pipeline_succeeds")
    if waits and merging.can_wait(call.sim, item):
        auto_merging.enable(call.sim, call.user, item)
        return _full(call, item)
    _check_mergeable(call, item, waits=bool(waits))
    text = params.text("merge_commit_message") or ""
    squashed = params.text("squash_commit_message") or ""
    merging.merge(call.sim, call.user, item, text, squashed)
    return _full(call, item)


def _check_mergeable(call: Call, item: MergeRequest, *, waits: bool) -> None:
    """Refuse what cannot be merged at once; auto-merge wants a good pipeline where there is one."""
    head, found = merging.pipeline(item), merging.obstacles(call.sim, item)
    spoilt = bool(waits and head and head.status != "success")
    if found == ["conflict"] and not spoilt:
        raise message(422, "Branch cannot be merged")
    if found or spoilt:
        raise message(405, "405 Method Not Allowed")


def cancel_auto_merge(call: Call) -> Any:
    """Stop waiting to merge; the answer is what GitLab says, its documentation has another."""
    item = finders.merge_request(call)
    require_update(call.sim, call.user, item)
    if item.auto_merge_by is None and item.state != "merged":
        raise message(406, "Can't cancel the automatic merge")
    auto_merging.cancel(call.sim, call.user, item)
    return {"status": "success"}


def rebase(call: Call) -> Answer:
    """Put the source branch's changes on top of the target branch; a conflict is its error."""
    item = finders.merge_request(call)
    skip_ci = bool(call.params.flag("skip_ci"))
    if item.source_branch not in item.source_project.branches:
        raise forbidden("Source branch does not exist")
    if not merging.may_push(call.sim, call.user, item.source_project, item.source_branch):
        raise forbidden("Cannot push to source branch")
    rebasing.rebase(call.sim, call.user, item, skip_ci=skip_ci)
    return Answer({"rebase_in_progress": True}, 202)


def list_reviewers(call: Call) -> Answer:
    """The reviewers, and how far each is; nobody submits a review here but by approving."""
    item = finders.merge_request(call)
    shown = present_requests.reviewer
    return paged(call, item.reviewers, lambda user: shown(call.sim, item, user))


def merge_ref(call: Call) -> Any:
    """What merging would lead to; 400 on conflict."""
    item = finders.merge_request(call)
    if merging.merged_content(item) is None:
        raise message(400, "Merge request is not mergeable")
    return {"commit_id": item.head.id}


def list_diffs(call: Call) -> Answer:
    """The changed files."""
    unified = bool(call.params.flag("unidiff"))
    found = present_requests.files(finders.merge_request(call))
    return paged(call, found, lambda change: diffs.diff(change, unified=unified))


def get_changes(call: Call) -> Any:
    """The merge request with its changed files: deprecated, and still used."""
    item = finders.merge_request(call)
    unified = bool(call.params.flag("unidiff"))
    call.params.flag("access_raw_diffs")
    found = [diffs.diff(c, unified=unified) for c in present_requests.files(item)]
    return _full(call, item) | {"changes": found, "overflow": False}


def list_commits(call: Call) -> Answer:
    """The commits, newest first."""
    item = finders.merge_request(call)
    found = git.between(item.base, item.head)
    return paged(call, found, lambda c: present_requests.commit(call.sim, item.source_project, c))


def closes_issues(call: Call) -> Answer:
    """The issues that merging closes."""
    item = finders.merge_request(call)
    found = closing.of_request(call.sim, call.caller, item)
    return paged(call, found, lambda issue: shown_issue(call, issue, item.project))


def closed_by(call: Call) -> Answer:
    """The merge requests whose merging closes an issue."""
    issue = finders.issue(call)
    requests = issue.closing_requests.values()
    found = [item for item in requests if can_see(call.sim, call.caller, item)]
    return paged(call, found, lambda item: _basic(call, item, issue.project))


def commit_requests(call: Call) -> Answer:
    """The merge requests that a commit, branch or tag came with, newest first.

    https://docs.gitlab.com/api/commits/#list-merge-requests-associated-with-a-commit
    """
    project = finders.code(call)
    entry = finders.commit(project, call.vars["sha"])
    state = call.params.choice("state", ("opened", "closed", "locked", "merged"))
    found = [
        item
        for item in reversed(project.merge_requests.values())
        if state in (None, item.state)
        and can_see(call.sim, call.caller, item)
        and merging.brings(item, entry)
    ]
    return paged(call, found, lambda item: _basic(call, item, project))


def _list(call: Call, projects: list[Project], scope: str = "all", seen_from: Any = None) -> Answer:
    if not isinstance(seen_from, Project) and call.params.flag("non_archived", default=False):
        projects = [project for project in projects if not project.archived]
    readable = [
        item
        for project in projects
        for item in project.merge_requests.values()
        if can_see(call.sim, call.caller, item)
    ]
    found = request_filters.select(call.sim, call.caller, call.params, readable, scope)
    return paged(call, found, lambda item: _listed(call, item, seen_from))


def _listed(call: Call, item: MergeRequest, seen_from: Any) -> dict[str, Any]:
    """One of a list: with `view=simple` only what tells it from others."""
    shown = _basic(call, item, seen_from)
    if call.params.choice("view", ("simple",)):
        return {key: shown[key] for key in _SIMPLE}
    if call.params.flag("with_labels_details"):
        shown["labels"] = present_issues.label_details(item.labels)
    return shown


def _basic(call: Call, item: MergeRequest, seen_from: Any) -> dict[str, Any]:
    return present_requests.merge_request(call.sim, item, call.caller, seen_from)


def _full(call: Call, item: MergeRequest) -> dict[str, Any]:
    return present_requests.merge_request_full(call.sim, item, call.caller)


def _wanted(call: Call, project: Project) -> Wanted:
    params = call.params
    params.exclude("milestone_id", "milestone")
    wanted = issuable_params.shared(call, project)
    if params.has("reviewer_ids"):
        wanted["reviewers"] = issuable_params.people(call, "reviewer")
    if params.has("merge_after"):
        wanted["merge_after"] = params.moment("merge_after")
    for name in ("squash", "remove_source_branch", "allow_collaboration"):
        if params.has(name):
            wanted[name] = bool(params.flag(name))
    if params.has("allow_maintainer_to_push"):
        wanted["allow_collaboration"] = bool(params.flag("allow_maintainer_to_push"))
    if params.has("approvals_before_merge") and call.sim.premium:
        wanted["approvals_before_merge"] = params.integer("approvals_before_merge")
    return wanted


def _validate_branches(project: Project, source: Project, wanted: Wanted) -> None:
    name, target = wanted["source_branch"], wanted["target_branch"]
    if source is project and name == target:
        raise message(422, ["You can't use same project/branch for source and target"])
    if name not in source.branches:
        raise invalid_fields(source_branch=["does not exist"])
    if target not in project.branches:
        raise invalid_fields(target_branch=["does not exist"])
    for other in project.merge_requests.values():
        if other.state == "opened" and (other.source_branch, other.target_branch) == (name, target):
            text = "Another open merge request already exists for this source branch"
            raise message(409, [f"{text}: !{other.iid}"])


_AT = "/projects/:id/merge_requests/:iid"

ROUTES = (
    Route("GET", "/merge_requests", list_all),
    Route("GET", "/groups/:id/merge_requests", list_group),
    Route("GET", "/projects/:id/merge_requests", list_project),
    Route("POST", "/projects/:id/merge_requests", create_request),
    Route("GET", _AT, get_request),
    Route("PUT", _AT, update_request),
    Route("DELETE", _AT, delete_request),
    Route("PUT", f"{_AT}/merge", merge),
    Route("POST", f"{_AT}/cancel_merge_when_pipeline_succeeds", cancel_auto_merge),
    Route("PUT", f"{_AT}/rebase", rebase),
    Route("GET", f"{_AT}/reviewers", list_reviewers),
    Route("GET", f"{_AT}/merge_ref", merge_ref),
    Route("GET", f"{_AT}/diffs", list_diffs),
    Route("GET", f"{_AT}/changes", get_changes),
    Route("GET", f"{_AT}/commits", list_commits),
    Route("GET", f"{_AT}/closes_issues", closes_issues),
    Route("GET", "/projects/:id/issues/:iid/closed_by", closed_by),
    Route("GET", "/projects/:id/repository/commits/:sha/merge_requests", commit_requests),
)
