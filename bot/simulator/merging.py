"""Merge requests: following their branches, when they may be merged, merging.

https://docs.gitlab.com/api/merge_requests/
Knows nothing of HTTP.
"""

from functools import partial
from html import escape

from bot.simulator import (
    approval_rules,
    auto_merging,
    closing,
    hook_bodies,
    hooks,
    pipelines,
    present_issues,
    pushing,
    system_notes,
    trees,
)
from bot.simulator import repository as git
from bot.simulator.model import Level, MergeRequest, Project, User
from bot.simulator.model_ci import Pipeline
from bot.simulator.model_code import Commit, Grant, Version
from bot.simulator.permissions import level
from bot.simulator.simulator import Simulator

_RUNNING = {"created", "waiting_for_resource", "preparing", "pending", "running"}
_HELP_ON_ABORTS = (
    "[Learn more]({}/help/ci/pipelines/merge_trains.md#merge-request-dropped-from-the-merge-train)."
)
_NEVER_WAITED_FOR = {"not_open", "commits_status", "conflict", "need_rebase"}


def pipeline(item: MergeRequest) -> Pipeline | None:
    """The newest pipeline of the head commit; those made for merge requests go before others."""
    found = _pipelines(item, {item.head.id})
    return max(found, key=lambda one: (one.source == "merge_request_event", one.id), default=None)


def _pipelines(item: MergeRequest, shas: set[str]) -> list[Pipeline]:
    """The pipelines of these commits, here and, of a fork, there."""
    places = {place.id: place for place in (item.project, item.source_project)}.values()
    return [p for place in places for p in place.pipelines.values() if p.sha in shas]


def merge_status(sim: Simulator, item: MergeRequest) -> str:
    """The first reason against merging, else `mergeable`."""
    return next(iter(obstacles(sim, item)), "mergeable")


def obstacles(sim: Simulator, item: MergeRequest) -> list[str]:
    """All reasons against merging, in the order GitLab checks."""
    settings = item.project.settings
    unresolved = any(note.resolvable and note.resolved_at is None for note in item.notes)
    ci_status = _ci_status(item, pipeline(item))
    checks = (
        ("not_open", item.state != "opened"),
        ("merge_time", bool(item.merge_after and item.merge_after > sim.clock.now())),
        ("draft_status", item.draft),
        ("commits_status", not git.between(item.base, item.head)),
        (
            "discussions_not_resolved",
            unresolved and bool(settings.get("only_allow_merge_if_all_discussions_are_resolved")),
        ),
        ("not_approved", approval_rules.missing(sim, item) > 0),
        ("merge_request_blocked", sim.premium and _is_blocked(item)),
        ("requested_changes", sim.premium and "requested_changes" in item.reviews.values()),
        ("conflict", merged_content(item) is None),
        ("need_rebase", _needs_rebase(item)),
    )
    found = [name for name, failed in checks if failed]
    return [*found, ci_status] if ci_status else found


def _is_blocked(item: MergeRequest) -> bool:
    """Whether a merge request that must come first has not been merged."""
    return any(other.state != "merged" for other in item.blockers.values())


def _needs_rebase(item: MergeRequest) -> bool:
    """Whether the target has gone on where only fast-forwards are let in."""
    target = item.project.branches.get(item.target_branch)
    strict = item.project.settings.get("merge_method") in {"ff", "rebase_merge"}
    return strict and target is not None and target not in git.history(item.head)


def commits(item: MergeRequest) -> list[Commit]:
    """The commits that merging would bring, newest first."""
    return git.between(item.base, item.head)


def brings(item: MergeRequest, entry: Commit) -> bool:
    """Whether a commit is one of the merge request's, or was made by merging it."""
    return entry.id in {item.merge_commit_sha, item.squash_commit_sha} or entry in commits(item)


def is_running(head: Pipeline | None) -> bool:
    """Whether there is a pipeline that is not done."""
    return head is not None and head.status in _RUNNING


def _ci_status(item: MergeRequest, head: Pipeline | None) -> str:
    """What a pipeline has against it, where one counts: by the project or for auto-merge."""
    required = item.project.settings.get("only_allow_merge_if_pipeline_succeeds")
    if not (required or (item.auto_merge_by and _had_pipelines(item))):
        return ""
    if is_running(head):
        return "ci_still_running"
    skipped_passes = item.project.settings.get("allow_merge_on_skipped_pipeline")
    good = {"success", "skipped"} if skipped_passes else {"success"}
    return "" if head and head.status in good else "ci_must_pass"


def _had_pipelines(item: MergeRequest) -> bool:
    """Whether there is a pipeline of its head, or of what was its head."""
    return bool(_pipelines(item, {version.head.id for version in item.versions}))


def merged_content(item: MergeRequest) -> trees.Content | None:
    """What the target would hold; None on conflict or without the target branch."""
    target = item.project.branches.get(item.target_branch)
    if target is None:
        return None
    base = git.merge_base(target, item.head) or trees.Content()
    return trees.merge(base, target, item.head)


def may_push(sim: Simulator, user: User, project: Project, branch: str) -> bool:
    """Developers push; to protected branches who is let in by one of the rules."""
    rules = git.protections(project, branch)
    return _may(sim, user, project, [rule.pushers for rule in rules])


def may_merge(sim: Simulator, user: User, project: Project, branch: str) -> bool:
    """The same for merging; who may push may merge as well."""
    rules = git.protections(project, branch)
    allowed = _may(sim, user, project, [rule.mergers for rule in rules])
    return allowed or may_push(sim, user, project, branch)


def _may(sim: Simulator, user: User, project: Project, rules: list[list[Grant]]) -> bool:
    if not rules:
        return level(sim, user, project) >= Level.DEVELOPER
    return any(lets_in(sim, user, project, grant) for grants in rules for grant in grants)


def lets_in(sim: Simulator, user: User, project: Project, grant: Grant) -> bool:
    """Whether somebody is let in: by name, as a member of a group, or by level; keys never come."""
    if grant.deploy_key:
        return False
    if grant.user or grant.group:
        return user is grant.user or bool(grant.group and user.id in grant.group.members)
    needed = max(grant.level or 0, Level.DEVELOPER)
    return bool(grant.level) and (user.admin or level(sim, user, project) >= needed)


def merge(
    sim: Simulator, actor: User, item: MergeRequest, message: str = "", squash_message: str = ""
) -> None:
    """Merge; that it may be is settled before. The texts are those of the commits made."""
    before = hook_bodies.snapshot(item)
    target = item.project.branches[item.target_branch]
    made = _new_head(sim, actor, item, message, squash_message)
    git.set_branch(item.project, item.target_branch, made)
    item.state, item.merged_by, item.merged_at = "merged", actor, sim.clock.now()
    item.updated_at = sim.clock.now()
    item.auto_merge_by = None
    system_notes.state_changed(sim, item, actor, "merged")
    changes = hook_bodies.differences(before, hook_bodies.snapshot(item))
    hooks.merge_request_changed(sim, actor, item, "merge", changes)
    closing.close(sim, actor, closing.of_request(sim, actor, item))
    pushing.branch(sim, actor, item.project, item.target_branch, before=target)
    _remove_source_branch(sim, actor, item)
    branch_moved(sim, actor, item.project, item.target_branch)


def _remove_source_branch(sim: Simulator, actor: User, item: MergeRequest) -> None:
    """Where it was asked for and may be: as the author if it was asked for before merging.

    https://docs.gitlab.com/user/project/repository/branches/#delete-branches
    """
    asked = item.should_remove_source_branch
    who = item.author if item.remove_source_branch else actor
    place, name = item.source_project, item.source_branch
    if (item.remove_source_branch if asked is None else asked) and _may_remove(sim, who, item):
        pushing.branch(sim, who, place, name, before=place.branches.pop(name))


def _may_remove(sim: Simulator, user: User, item: MergeRequest) -> bool:
    """Whether the source branch is as merged, not to be kept, and open to the user."""
    place, name = item.source_project, item.source_branch
    kept = name == place.default_branch or git.is_protected(place, name)
    merged = place.branches.get(name) is item.head
    return merged and not kept and may_push(sim, user, place, name)


def _new_head(
    sim: Simulator, actor: User, item: MergeRequest, message: str, squash_message: str
) -> Commit:
    """What the target leads to: https://docs.gitlab.com/user/project/merge_requests/methods/."""
    project, content = item.project, merged_content(item)
    if content is None:
        raise ValueError("a merge request with a conflict cannot be merged")
    tree, modes = content.tree, content.modes
    commit = partial(git.commit, sim, project, actor, tree=tree, modes=modes)
    target, head = project.branches[item.target_branch], item.head
    if item.squash:
        head = commit(message=squash_message or item.title, parents=(target,))
        item.squash_commit_sha = head.id
    if project.settings.get("merge_method") == "ff" and target in git.history(head):
        return head
    made = commit(message=message or _usual_message(item), parents=(target, head))
    item.merge_commit_sha = made.id
    return made


def _usual_message(item: MergeRequest) -> str:
    first = f"Merge branch '{item.source_branch}' into '{item.target_branch}'"
    return f"{first}\n\n{item.title}\n\nSee merge request {present_issues.reference(item)}"


def accept(sim: Simulator, actor: User, item: MergeRequest) -> bool:
    """Merge, or once nothing is against it; false where neither may be."""
    found = obstacles(sim, item)
    if _is_worth_waiting(item, found):
        auto_merging.enable(sim, actor, item)
        return True
    if not found:
        merge(sim, actor, item)
    return not found


def can_wait(sim: Simulator, item: MergeRequest) -> bool:
    """Whether auto-merge has something to wait for, and nothing that it never waits for.

    https://docs.gitlab.com/user/project/merge_requests/auto_merge/
    """
    return _is_worth_waiting(item, obstacles(sim, item))


def _is_worth_waiting(item: MergeRequest, found: list[str]) -> bool:
    return bool(found or is_running(pipeline(item))) and _NEVER_WAITED_FOR.isdisjoint(found)


def keep_version(sim: Simulator, item: MergeRequest) -> None:
    """Remember the difference as it is now; the target project has its commits from here on.

    https://docs.gitlab.com/user/project/merge_requests/merge_request_troubleshooting/
    """
    git.fetch(item.project, pipelines.request_ref(item), item.head)
    number, now = sim.state.next_id("version"), sim.clock.now()
    item.versions.append(Version(id=number, head=item.head, base=item.base, created_at=now))


def branch_moved(sim: Simulator, actor: User, project: Project, branch: str) -> None:
    """New commits: open merge requests from the branch follow, those into it look again."""
    for item in list(sim.state.merge_requests.values()):
        if item.state != "opened":
            continue
        if item.source_project is project and item.source_branch == branch:
            _follow(sim, actor, item)
        elif item.project is project and item.target_branch == branch and _needs_rebase(item):
            auto_merging.abort(sim, actor, item, "target branch was updated")
    auto_merge(sim, project)


def auto_merge(sim: Simulator, project: Project) -> None:
    """Merge what was set to merge by itself, once nothing is against it; also from a fork."""
    for item in list(sim.state.merge_requests.values()):
        here = project in (item.project, item.source_project)
        if here and item.auto_merge_by and not obstacles(sim, item):
            merge(sim, item.auto_merge_by, item)


def plan_auto_merge(sim: Simulator, item: MergeRequest) -> None:
    """Look again at the time before which the request must not be merged."""
    if item.merge_after:
        sim.clock.at(item.merge_after, lambda: auto_merge(sim, item.project))


def _follow(sim: Simulator, actor: User, item: MergeRequest) -> None:
    head = item.source_project.branches[item.source_branch]
    if head is item.head:
        return
    before, old = hook_bodies.snapshot(item), item.head
    new = git.between(old, head)
    item.head, item.updated_at = head, sim.clock.now()
    more = _HELP_ON_ABORTS.format(sim.url)
    auto_merging.abort(sim, actor, item, f"the source branch was updated. {more}")
    closing.remember(sim, actor, item)
    keep_version(sim, item)
    start_pipeline(sim, actor, item)
    system_notes.add(sim, item, actor, _commits_added(item, old, new))
    changes = hook_bodies.differences(before, hook_bodies.snapshot(item))
    hooks.merge_request_changed(sim, actor, item, "update", changes, oldrev=old.id)
    if item.approvals and _resets_on_push(item.project):
        reset_approvals(sim, actor, item)


def _resets_on_push(project: Project) -> bool:
    """Whether the project, or a group above, has it set."""
    places = (project, *project.namespace.lineage())
    return any(place.approval_settings.get("reset_approvals_on_push") for place in places)


def reset_approvals(sim: Simulator, actor: User, item: MergeRequest) -> None:
    """Forget all approvals because of new commits; the event says that GitLab did it by itself."""
    missing = approval_rules.missing(sim, item)
    item.approvals.clear()
    action = "unapproval" if missing else "unapproved"
    why = {"system": True, "system_action": "approvals_reset_on_push"}
    hooks.merge_request_changed(sim, actor, item, action, {}, **why)


def start_pipeline(sim: Simulator, actor: User, item: MergeRequest) -> None:
    """The pipeline of a new or moved head, where the CI file has a job for merge requests."""
    ref, source = pipelines.request_ref(item), "merge_request_event"
    pipelines.start(sim, item.project, actor, head=item.head, ref=ref, source=source)


def _commits_added(item: MergeRequest, old: Commit, new: list[Commit]) -> str:
    """What is new, and where to see it beside what was there before."""
    lines = [f"{entry.id[:8]} - {git.title(entry)}" for entry in reversed(new)]
    items = "".join(f"<li>{escape(line).replace('&#x27;', '&#39;')}</li>" for line in lines)
    noun = "commit" if len(new) == 1 else "commits"
    page = f"/{item.project.full_path}/-/merge_requests/{item.iid}/diffs"
    link = f"{page}?diff_id={item.versions[-1].id}&start_sha={old.id}"
    listed = f"added {len(new)} {noun}\n\n<ul>{items}</ul>"
    return f"{listed}\n\n[Compare with previous version]({link})"
