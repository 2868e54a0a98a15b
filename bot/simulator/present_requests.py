"""How merge requests, commits, branches and pipelines look in API answers.

https://docs.gitlab.com/api/merge_requests/, https://docs.gitlab.com/api/commits/
"""

import re
from datetime import datetime
from fnmatch import fnmatchcase
from typing import Any

from bot.simulator import (
    approval_rules,
    diffs,
    downloads,
    merging,
    present,
    present_issues,
    trees,
)
from bot.simulator import repository as git
from bot.simulator.model import Level, MergeRequest, Milestone, Project, User
from bot.simulator.model_ci import CommitStatus, Job, Pipeline
from bot.simulator.model_code import Commit, Grant, Release, Tag
from bot.simulator.permissions import DEVELOPERS, has
from bot.simulator.simulator import Simulator
from bot.simulator.text import iso

_PROFILE = ("bio", "location", "linkedin", "twitter", "website_url", "organization")
_TRAILER = re.compile(r"(?P<key>[A-Za-z0-9-]+): (?P<value>.+)")


def merge_request(
    sim: Simulator, item: MergeRequest, viewer: User | None, seen_from: object
) -> dict[str, Any]:
    """A merge request as in lists."""
    status = merging.merge_status(sim, item)
    conflict = item.state == "opened" and merging.merged_content(item) is None
    merged_by = present.maybe_user(sim, item.merged_by)
    return present_issues.shared(sim, item, viewer, seen_from) | {
        "merged_by": merged_by,
        "merge_user": merged_by or present.maybe_user(sim, item.auto_merge_by),
        "merged_at": iso(item.merged_at),
        "merge_after": iso(item.merge_after),
        "target_branch": item.target_branch,
        "source_branch": item.source_branch,
        "source_project_id": item.source_project.id,
        "target_project_id": item.project.id,
        "reviewers": [present.user_basic(sim, user) for user in item.reviewers],
        "draft": item.draft,
        "work_in_progress": item.draft,
        "merge_when_pipeline_succeeds": item.auto_merge_by is not None,
        "merge_status": "cannot_be_merged" if conflict else "can_be_merged",
        "detailed_merge_status": status,
        "sha": item.head.id,
        "merge_commit_sha": item.merge_commit_sha,
        "squash_commit_sha": item.squash_commit_sha,
        "should_remove_source_branch": item.should_remove_source_branch,
        "force_remove_source_branch": item.remove_source_branch,
        "prepared_at": iso(item.created_at),
        "reference": present_issues.reference(item, item.project),
        "squash": item.squash,
        "squash_on_merge": item.squash,
        "has_conflicts": conflict,
        "blocking_discussions_resolved": status != "discussions_not_resolved",
        "approvals_before_merge": item.approvals_before_merge,
        "allow_collaboration": item.allow_collaboration,
        "allow_maintainer_to_push": item.allow_collaboration,
    }


def merge_request_full(sim: Simulator, item: MergeRequest, viewer: User | None) -> dict[str, Any]:
    """A merge request on its own."""
    head = merging.pipeline(item)
    shown_pipeline = pipeline(sim, head) if head else None
    return merge_request(sim, item, viewer, item.project) | {
        "changes_count": str(len(files(item))),
        "latest_build_started_at": iso(head.started_at) if head else None,
        "latest_build_finished_at": iso(head.finished_at) if head else None,
        "first_deployed_to_production_at": None,
        "pipeline": shown_pipeline,
        "head_pipeline": shown_pipeline,
        "diff_refs": {
            "base_sha": item.base.id,
            "head_sha": item.head.id,
            "start_sha": item.base.id,
        },
        "merge_error": item.merge_error,
        "first_contribution": False,
        "user": {"can_merge": _can_merge(sim, item, viewer)},
    }


def _can_merge(sim: Simulator, item: MergeRequest, viewer: User | None) -> bool:
    return viewer is not None and merging.may_merge(sim, viewer, item.project, item.target_branch)


def reviewer(sim: Simulator, item: MergeRequest, user: User) -> dict[str, Any]:
    """A reviewer, and how far the review is."""
    state = "approved" if user.id in item.approvals else item.reviews.get(user.id, "unreviewed")
    return {
        "user": present.user_basic(sim, user),
        "state": state,
        "created_at": iso(item.created_at),
    }


def files(item: MergeRequest) -> list[trees.FileChange]:
    """The files that a merge request changes."""
    return trees.with_renames(trees.changes(item.base, item.head))


def approvals(sim: Simulator, item: MergeRequest, viewer: User | None) -> dict[str, Any]:
    """Who approved: https://docs.gitlab.com/api/merge_request_approvals/."""
    given = [
        {"user": present.user_basic(sim, user), "approved_at": iso(when)}
        for user, when in item.approvals.values()
    ]
    missing = approval_rules.missing(sim, item)
    mine = viewer is not None and viewer.id in item.approvals
    return {
        "id": item.id,
        "iid": item.iid,
        "project_id": item.project.id,
        "title": item.title,
        "description": item.description,
        "state": item.state,
        "created_at": iso(item.created_at),
        "updated_at": iso(item.updated_at),
        "merge_status": "can_be_merged",
        "approved": bool(given) if not sim.premium else missing == 0,
        "approvals_required": approval_rules.required(sim, item),
        "approvals_left": missing,
        "approved_by": given,
        "user_has_approved": mine,
        "user_can_approve": not mine and has(sim, viewer, item.project, DEVELOPERS),
        "suggested_approvers": [],
        "approvers": [],
        "approver_groups": [],
        "approval_rules_left": [
            {"id": rule.id, "name": rule.name, "rule_type": rule.kind}
            for rule in approval_rules.counting(sim, item)
            if len(approval_rules.approvers(item, rule)) < rule.required
        ],
        "has_approval_rules": bool(approval_rules.counting(sim, item)),
        "merge_request_approvers_available": sim.premium,
        "multiple_approval_rules_available": sim.premium,
    }


def commit(
    sim: Simulator, project: Project, entry: Commit, *, stats: bool = False
) -> dict[str, Any]:
    """A commit: https://docs.gitlab.com/api/commits/. Its numbers of lines only where asked for."""
    found = trailers(entry.message)
    shown = {
        "id": entry.id,
        "short_id": entry.id[:8],
        "title": git.title(entry),
        "message": entry.message,
        "created_at": iso(entry.created_at),
        "parent_ids": [parent.id for parent in entry.parents],
        "author_name": entry.author_name,
        "author_email": entry.author_email,
        "authored_date": iso(entry.created_at),
        "committer_name": entry.committer_name,
        "committer_email": entry.committer_email,
        "committed_date": iso(entry.created_at),
        "trailers": {key: values[-1] for key, values in found.items()},
        "extended_trailers": found,
        "web_url": f"{present.holder_url(sim, project)}/-/commit/{entry.id}",
    }
    return shown | {"stats": _stats(entry)} if stats else shown


def _stats(entry: Commit) -> dict[str, int]:
    texts = [diffs.text(change) for change in git.changes_of(entry)]
    signs = [line[:1] for text in texts for line in text.splitlines()]
    added, gone = signs.count("+"), signs.count("-")
    return {"additions": added, "deletions": gone, "total": added + gone}


def trailers(message: str) -> dict[str, list[str]]:
    """The `Key: value` lines of the last paragraph: https://git-scm.com/docs/git-interpret-trailers."""
    found: dict[str, list[str]] = {}
    _, _, last = message.rstrip().rpartition("\n\n")
    lines = [_TRAILER.fullmatch(line) for line in last.splitlines()] if "\n\n" in message else []
    for line in lines if all(lines) else []:
        if line:
            found.setdefault(line["key"], []).append(line["value"])
    return found


def _has_developers(grants: list[Grant]) -> bool:
    return any(grant.level == Level.DEVELOPER for grant in grants)


def branch(sim: Simulator, project: Project, name: str, viewer: User | None) -> dict[str, Any]:
    """A branch: https://docs.gitlab.com/api/branches/."""
    head = project.branches[name]
    rules = git.protections(project, name)
    return {
        "name": name,
        "merged": git.is_merged(project, name),
        "protected": git.is_protected(project, name),
        "default": name == project.default_branch,
        "developers_can_push": any(_has_developers(rule.pushers) for rule in rules),
        "developers_can_merge": any(_has_developers(rule.mergers) for rule in rules),
        "can_push": viewer is not None and merging.may_push(sim, viewer, project, name),
        "web_url": f"{present.holder_url(sim, project)}/-/tree/{name}",
        "commit": commit(sim, project, head),
    }


def tag(sim: Simulator, project: Project, entry: Tag) -> dict[str, Any]:
    """A tag: https://docs.gitlab.com/api/tags/."""
    released = project.releases.get(entry.name)
    return {
        "name": entry.name,
        "message": entry.message or None,
        "target": entry.commit.id,
        "commit": commit(sim, project, entry.commit),
        "release": {"tag_name": entry.name, "description": released.description}
        if released
        else None,
        "protected": any(fnmatchcase(entry.name, rule) for rule in project.protected_tags),
        "created_at": iso(entry.created_at) if entry.message else None,
    }


def release(sim: Simulator, project: Project, entry: Release) -> dict[str, Any]:
    """A release: https://docs.gitlab.com/api/releases/."""
    url = f"{present.holder_url(sim, project)}/-/releases/{entry.tag.name}"
    stones = [_counted(sim, project, stone) for stone in entry.milestones]
    return {
        "tag_name": entry.tag.name,
        "name": entry.name,
        "description": entry.description,
        "created_at": iso(entry.created_at),
        "released_at": iso(entry.released_at),
        "upcoming_release": entry.released_at > sim.clock.now(),
        "author": present.user_basic(sim, entry.author),
        "commit": commit(sim, project, entry.tag.commit),
        **({"milestones": stones} if stones else {}),
        "commit_path": f"/{project.full_path}/-/commit/{entry.tag.commit.id}",
        "tag_path": f"/{project.full_path}/-/tags/{entry.tag.name}",
        "assets": downloads.assets(sim, project, entry),
        "evidences": [],
        "_links": _release_links(sim, project, entry, url),
    }


def _release_links(sim: Simulator, project: Project, entry: Release, url: str) -> dict[str, str]:
    """Pages of what belongs to a release."""
    base, tag = present.holder_url(sim, project), entry.tag.name
    shown = {"self": url, "edit_url": f"{url}/edit"}
    for state, kind in (
        *(("closed", "issues"), ("closed", "merge_requests"), ("merged", "merge_requests")),
        *(("opened", "issues"), ("opened", "merge_requests")),
    ):
        shown[f"{state}_{kind}_url"] = f"{base}/-/{kind}?release_tag={tag}&scope=all&state={state}"
    return shown


def _counted(sim: Simulator, project: Project, stone: Milestone) -> dict[str, Any]:
    """A release's milestone says how many of its issues are closed."""
    states = [issue.state for issue in project.issues.values() if issue.milestone is stone]
    stats = {"total": len(states), "closed": states.count("closed")}
    return present.milestone(sim, stone) | {"issue_stats": stats}


def pipeline_basic(sim: Simulator, entry: Pipeline) -> dict[str, Any]:
    """A pipeline as in lists: https://docs.gitlab.com/api/pipelines/."""
    return {
        "id": entry.id,
        "iid": entry.iid,
        "project_id": entry.project.id,
        "sha": entry.sha,
        "ref": entry.ref,
        "status": entry.status,
        "source": entry.source,
        "created_at": iso(entry.created_at),
        "updated_at": iso(entry.updated_at),
        "web_url": f"{present.holder_url(sim, entry.project)}/-/pipelines/{entry.id}",
        "name": entry.name,
    }


def pipeline(sim: Simulator, entry: Pipeline) -> dict[str, Any]:
    """A pipeline on its own."""
    return pipeline_basic(sim, entry) | {
        "before_sha": "0" * 40,
        "tag": entry.ref in entry.project.tags,
        "yaml_errors": None,
        "user": present.user_basic(sim, entry.user),
        "started_at": iso(entry.started_at),
        "finished_at": iso(entry.finished_at),
        "committed_at": None,
        "duration": _seconds(entry.started_at, entry.finished_at),
        "queued_duration": _seconds(entry.created_at, entry.started_at),
        "coverage": _coverage(entry),
        "archived": False,
        "detailed_status": _detailed_status(entry),
    }


def _seconds(begin: datetime | None, end: datetime | None) -> int | None:
    return int((end - begin).total_seconds()) if begin and end else None


def _exactly(begin: datetime | None, end: datetime | None) -> float | None:
    return (end - begin).total_seconds() if begin and end else None


def _coverage(entry: Pipeline) -> str | None:
    """The average of what statuses report, as text."""
    found = [
        status.coverage
        for status in entry.project.statuses
        if status.pipeline is entry and not status.retried and status.coverage is not None
    ]
    return f"{sum(found) / len(found):.2f}" if found else None


def job(sim: Simulator, entry: Job) -> dict[str, Any]:
    """A job: https://docs.gitlab.com/api/jobs/."""
    pipeline, project = entry.pipeline, entry.pipeline.project
    head = project.commits.get(pipeline.sha)
    return {
        "id": entry.id,
        "status": entry.status,
        "stage": entry.stage,
        "name": entry.name,
        "ref": pipeline.ref,
        "tag": pipeline.ref in project.tags,
        "coverage": None,
        "allow_failure": entry.allow_failure,
        "created_at": iso(entry.created_at),
        "started_at": iso(entry.started_at),
        "finished_at": iso(entry.finished_at),
        "erased_at": iso(entry.erased_at),
        "duration": _exactly(entry.started_at, entry.finished_at),
        "queued_duration": _exactly(entry.created_at, entry.started_at),
        "user": present.user_basic(sim, entry.user)
        | {"created_at": iso(entry.user.created_at)}
        | dict.fromkeys(_PROFILE, None)
        | entry.user.profile,
        "commit": commit(sim, project, head) if head else None,
        "pipeline": pipeline_basic(sim, pipeline),
        "web_url": f"{present.holder_url(sim, project)}/-/jobs/{entry.id}",
        "project": {"ci_job_token_scope_enabled": False},
        "artifacts": [],
        "runner": None,
        "runner_manager": None,
        "artifacts_expire_at": None,
        "archived": False,
        "source": pipeline.source,
        "tag_list": [],
    } | ({"failure_reason": "script_failure"} if entry.status == "failed" else {})


def _detailed_status(entry: Pipeline) -> dict[str, Any]:
    """How a page would show the status."""
    words = {"success": "passed"}.get(entry.status, entry.status)
    return {
        "icon": f"status_{entry.status}",
        "text": words.capitalize(),
        "label": words,
        "group": entry.status,
        "tooltip": words,
        "has_details": True,
        "details_path": f"/{entry.project.full_path}/-/pipelines/{entry.id}",
        "illustration": None,
        "favicon": f"/assets/ci_favicons/favicon_status_{entry.status}.png",
    }


def commit_status(sim: Simulator, entry: CommitStatus) -> dict[str, Any]:
    """A commit status: https://docs.gitlab.com/api/commits/#list-commit-statuses."""
    return {
        "id": entry.id,
        "sha": entry.sha,
        "ref": entry.ref,
        "status": entry.status,
        "name": entry.name,
        "target_url": entry.target_url,
        "description": entry.description,
        "created_at": iso(entry.created_at),
        "started_at": iso(entry.started_at),
        "finished_at": iso(entry.finished_at),
        "allow_failure": False,
        "coverage": entry.coverage,
        "pipeline_id": entry.pipeline.id,
        "author": present.user_basic(sim, entry.author),
    }
