"""Making pipelines, and deciding from `.gitlab-ci.yml` whether a push or merge request gets one.

https://docs.gitlab.com/ci/pipelines/merge_request_pipelines/
Jobs never run: a pipeline changes only by commit statuses and by being retried or canceled.
"""

from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from bot.simulator import hook_pipelines, hooks
from bot.simulator.model import Commit, MergeRequest, Pipeline, Project, User
from bot.simulator.simulator import Simulator

_FILE = ".gitlab-ci.yml"
_SOURCE = "$CI_PIPELINE_SOURCE"
_NO_JOBS = ("default", "include", "stages", "variables", "workflow", "spec", "image", "services")


def make(
    sim: Simulator, project: Project, user: User, *, sha: str, ref: str, source: str
) -> Pipeline:
    """A new pipeline without jobs."""
    now = sim.clock.now()
    made = Pipeline(
        id=sim.state.next_id("pipeline"),
        iid=sim.state.next_iid(project, "pipeline"),
        project=project,
        ref=ref,
        sha=sha,
        status="created",
        source=source,
        user=user,
        created_at=now,
        updated_at=now,
    )
    project.pipelines[made.id] = made
    return made


def for_request(sim: Simulator, user: User, item: MergeRequest) -> Pipeline:
    """A pipeline that somebody asks for, of a merge request's head."""
    ref, source = f"refs/merge-requests/{item.iid}/head", "merge_request_event"
    return make(sim, item.project, user, sha=item.head.id, ref=ref, source=source)


def start(
    sim: Simulator, project: Project, user: User, *, head: Commit, ref: str, source: str
) -> None:
    """The pipeline that a push or merge request starts, pending because there is no runner."""
    if any(_runs(job, source) for job in _jobs(head)):
        made = make(sim, project, user, sha=head.id, ref=ref, source=source)
        set_status(sim, made, "pending")


def set_status(sim: Simulator, entry: Pipeline, status: str) -> None:
    """Change the status and tell of it; nothing happens where it is so already."""
    if entry.status == status:
        return
    entry.status, entry.updated_at = status, sim.clock.now()
    hooks.fire(sim, entry.project, "pipeline_events", hook_pipelines.pipeline(sim, entry))


def _jobs(head: Commit) -> list[dict[str, Any]]:
    text = head.tree.get(_FILE)
    if text is None:
        return []
    try:
        content = YAML(typ="safe").load(text)
    except YAMLError:
        return []
    entries = content.items() if isinstance(content, dict) else []
    return [
        job
        for name, job in entries
        if isinstance(job, dict) and name not in _NO_JOBS and not str(name).startswith(".")
    ]


def _runs(job: dict[str, Any], source: str) -> bool:
    """Whether a job belongs into a pipeline of this source; of rules only the source is read."""
    rules = job.get("rules")
    if not isinstance(rules, list):
        return source != "merge_request_event"
    return any(_fits(rule, source) for rule in rules if isinstance(rule, dict))


def _fits(rule: dict[str, Any], source: str) -> bool:
    condition = str(rule.get("if", ""))
    if rule.get("when") == "never":
        return False
    return _SOURCE not in condition or f'{_SOURCE} == "{source}"' in condition.replace("'", '"')
