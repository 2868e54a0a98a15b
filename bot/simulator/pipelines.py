"""Making pipelines, and deciding from `.gitlab-ci.yml` which jobs they have.

https://docs.gitlab.com/ci/pipelines/merge_request_pipelines/
Jobs never run: a pipeline changes by commit statuses, and by what people do with its jobs.
"""

from collections.abc import Iterator
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from bot.simulator import hook_pipelines, hooks
from bot.simulator.model import MergeRequest, Project, User
from bot.simulator.model_ci import Job, Pipeline
from bot.simulator.model_code import Commit
from bot.simulator.simulator import Simulator

_FILE = ".gitlab-ci.yml"
_SOURCE = "$CI_PIPELINE_SOURCE"
_DOES = ("script", "trigger", "run", "extends")
_STAGES = [".pre", "build", "test", "deploy", ".post"]
OVER = frozenset({"success", "failed", "canceled", "skipped"})


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


def for_ref(
    sim: Simulator, user: User, project: Project, *, head: Commit, ref: str, source: str
) -> Pipeline:
    """A pipeline that somebody asks for, with the jobs that fit."""
    made = make(sim, project, user, sha=head.id, ref=ref, source=source)
    made.name = _workflow_name(head)
    for name, job in _fitting(head, source):
        add_job(sim, made, name, str(job.get("stage", "test")), job)
    proceed(sim, made, _stages(head))
    return made


def for_request(sim: Simulator, user: User, item: MergeRequest) -> Pipeline:
    """A pipeline that somebody asks for, of a merge request's head."""
    ref, source = request_ref(item), "merge_request_event"
    return for_ref(sim, user, item.project, head=item.head, ref=ref, source=source)


def request_ref(item: MergeRequest) -> str:
    """Where the target project keeps the head of a merge request."""
    return f"refs/merge-requests/{item.iid}/head"


def start(
    sim: Simulator, project: Project, user: User, *, head: Commit, ref: str, source: str
) -> None:
    """The pipeline that a push or merge request starts, where it has a job for it."""
    if _fitting(head, source):
        for_ref(sim, user, project, head=head, ref=ref, source=source)


def add_job(sim: Simulator, pipeline: Pipeline, name: str, stage: str, job: dict[str, Any]) -> None:
    """One more job, which has not begun."""
    manual = job.get("when") == "manual"
    made = Job(
        id=sim.state.next_id("status"),
        name=name,
        stage=stage,
        status="created",
        pipeline=pipeline,
        user=pipeline.user,
        created_at=sim.clock.now(),
        manual=manual,
        allow_failure=bool(job.get("allow_failure", manual)),
    )
    pipeline.jobs.append(made)


def again(sim: Simulator, job: Job) -> Job:
    """A new job in the place of one that is over, waiting as the first did."""
    job.retried = True
    settings = {"when": "manual" if job.manual else "", "allow_failure": job.allow_failure}
    add_job(sim, job.pipeline, job.name, job.stage, settings)
    made = job.pipeline.jobs[-1]
    made.status = "manual" if job.manual else "pending"
    return made


def proceed(sim: Simulator, pipeline: Pipeline, stages: list[str]) -> None:
    """Let the jobs of each stage wait for a runner once those before it are done."""
    for stage in stages:
        jobs = [job for job in latest_jobs(pipeline) if job.stage == stage]
        for job in jobs:
            if job.status == "created":
                job.status = "manual" if job.manual else "pending"
        if any(not _is_past(job) for job in jobs):
            break
    refresh(sim, pipeline)


def go_on(sim: Simulator, pipeline: Pipeline) -> None:
    """Look again what can go on, after a job changed."""
    head = pipeline.project.commits.get(pipeline.sha)
    proceed(sim, pipeline, _stages(head) if head else _STAGES)


def set_job(sim: Simulator, job: Job, status: str) -> None:
    """Give a job a status, and let its pipeline go on."""
    job.status, now = status, sim.clock.now()
    if status in {"running", "success", "failed"}:
        job.started_at = job.started_at or now
    job.finished_at = now if status in OVER else None
    go_on(sim, job.pipeline)


def _is_past(job: Job) -> bool:
    """Whether the next stage may begin: later ones do not after a failure."""
    return job.status in {"success", "skipped"} or (
        job.allow_failure and job.status in OVER | {"manual"}
    )


def latest_jobs(pipeline: Pipeline) -> list[Job]:
    """Those that no newer one replaced."""
    return [job for job in pipeline.jobs if not job.retried]


def refresh(sim: Simulator, pipeline: Pipeline) -> None:
    """Derive the status from the jobs and commit statuses, where there are any."""
    found = [s for s in pipeline.project.statuses if s.pipeline is pipeline and not s.retried]
    states = {entry.status for entry in found} | {_counted(j) for j in latest_jobs(pipeline)}
    if states:
        set_status(sim, pipeline, _composite(states))


def _counted(job: Job) -> str:
    lenient = job.allow_failure and job.status in {"failed", "manual"}
    return "success" if lenient else job.status


def _composite(states: set[str]) -> str:
    """One status for many, as GitLab counts them together."""
    rules = (
        ({"skipped"}, "skipped"),
        ({"success", "skipped"}, "success"),
        ({"created"}, "created"),
        ({"canceled", "success", "skipped"}, "canceled"),
        ({"pending", "created", "skipped"}, "pending"),
        ({"manual", "created", "success", "skipped"}, "manual"),
    )
    for allowed, name in rules:
        if states <= allowed:
            return name
    return "running" if states & {"running", "pending", "created"} else "failed"


def set_status(sim: Simulator, entry: Pipeline, status: str) -> None:
    """Change the status and tell of it; nothing happens where it is so already."""
    if entry.status == status:
        return
    now = sim.clock.now()
    entry.status, entry.updated_at = status, now
    if status not in {"created", "pending", "manual", "skipped"}:
        entry.started_at = entry.started_at or now
    entry.finished_at = now if status in OVER else None
    hooks.fire(sim, entry.project, "pipeline_events", hook_pipelines.pipeline(sim, entry))


def ci_file(head: Commit) -> dict[str, Any]:
    """What `.gitlab-ci.yml` says, empty where there is none or it cannot be read."""
    return read_ci_file(head.tree.get(_FILE, b"").decode("utf-8", "replace"))


def read_ci_file(text: str) -> dict[str, Any]:
    """The same for a text; dates that there are not cannot be read either."""
    try:
        content = YAML(typ="safe").load(text)
    except (YAMLError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}


def has_ci_file(head: Commit) -> bool:
    """Whether there is a `.gitlab-ci.yml`."""
    return _FILE in head.tree


def _workflow_name(head: Commit) -> str | None:
    workflow = ci_file(head).get("workflow")
    name = workflow.get("name") if isinstance(workflow, dict) else None
    return str(name) if name else None


def _stages(head: Commit) -> list[str]:
    named = ci_file(head).get("stages")
    return [".pre", *map(str, named), ".post"] if isinstance(named, list) else _STAGES


def _fitting(head: Commit, source: str) -> list[tuple[str, dict[str, Any]]]:
    return [(name, job) for name, job in jobs_in(ci_file(head)) if _runs(job, source)]


def jobs_in(content: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """The jobs that a CI file defines; those with a dot in front are templates.

    A colon before a name, as Ruby writes its symbols, is no part of it.
    """
    for name, value in content.items():
        if not isinstance(value, dict) or str(name).startswith("."):
            continue
        job = {str(key).removeprefix(":"): entry for key, entry in value.items()}
        if not job.keys().isdisjoint(_DOES):
            yield str(name).removeprefix(":"), job


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
