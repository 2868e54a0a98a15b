"""The jobs of pipelines: https://docs.gitlab.com/api/jobs/.

There are those that `.gitlab-ci.yml` defines. No runner takes one: they wait, can be canceled,
retried and played, go on by a control path, and have neither log nor artifacts.
"""

from typing import Any

from bot.simulator import pipelines, present_requests
from bot.simulator.api import finders
from bot.simulator.errors import bad_request, forbidden, invalid, missing, not_found
from bot.simulator.model_ci import Job
from bot.simulator.paging import by_id, listed, paged
from bot.simulator.permissions import DEVELOPERS, require
from bot.simulator.routing import Answer, Call, Route

_STATES = (
    *("created", "pending", "running", "failed", "success", "canceled", "skipped"),
    *("waiting_for_resource", "manual", "scheduled", "canceling", "preparing"),
)
_RETRYABLE = ("failed", "canceled", "success")


def list_project_jobs(call: Call) -> Answer:
    """The jobs of a project, newest first."""
    project = finders.code(call)
    found = [job for pipeline in project.pipelines.values() for job in pipeline.jobs]
    fitting = _in_scope(call, sorted(found, key=lambda job: job.id, reverse=True))
    falling = frozenset({("id", "desc")})
    return listed(call, fitting, by_id, lambda job: present_requests.job(call.sim, job), falling)


def list_pipeline_jobs(call: Call) -> Answer:
    """The jobs of a pipeline, with `include_retried` also those that were tried again."""
    pipeline = finders.pipeline(call)
    every = call.params.flag("include_retried")
    jobs = pipeline.jobs if every else pipelines.latest_jobs(pipeline)
    return _shown(call, sorted(jobs, key=lambda job: job.id, reverse=True))


def get_job(call: Call) -> Any:
    """One job."""
    return present_requests.job(call.sim, _job(call))


def trace(call: Call) -> str:
    """The log, which is empty."""
    _job(call)
    return ""


def artifacts(call: Call) -> Any:
    """No job ever made any."""
    _job(call)
    raise missing()


def cancel(call: Call) -> Any:
    """Let a job not wait any longer."""
    job = _changeable(call)
    call.params.flag("force")
    if job.status in pipelines.OVER:
        raise forbidden("Job is not cancelable")
    pipelines.set_job(call.sim, job, "canceled")
    return present_requests.job(call.sim, job)


def retry(call: Call) -> Any:
    """A new job in the place of one that is over."""
    job = _changeable(call)
    if job.status not in _RETRYABLE or job.retried:
        raise forbidden("Job is not retryable")
    made = pipelines.again(call.sim, job)
    pipelines.go_on(call.sim, job.pipeline)
    return present_requests.job(call.sim, made)


def play(call: Call) -> Any:
    """Let a manual job wait for a runner."""
    job = _changeable(call)
    if job.status != "manual":
        raise bad_request("Unplayable Job")
    sent = call.params.values.get("job_variables_attributes") or []
    if not all(isinstance(entry, dict) and {"key", "value"} <= entry.keys() for entry in sent):
        raise invalid(
            "job_variables_attributes[0][key], job_variables_attributes[0][value] are missing"
        )
    job.user = call.user
    pipelines.set_job(call.sim, job, "pending")
    return present_requests.job(call.sim, job)


def erase(call: Call) -> Any:
    """Remove the log and artifacts of a job that is over."""
    job = _changeable(call)
    if job.status not in pipelines.OVER or job.erased_at:
        raise forbidden("Job is not erasable!")
    job.erased_at = call.sim.clock.now()
    return present_requests.job(call.sim, job)


def no_bridges(call: Call) -> Answer:
    """There are no jobs that start other pipelines."""
    return _shown(call, finders.pipeline(call).jobs[:0])


def _shown(call: Call, jobs: list[Job]) -> Answer:
    fitting = _in_scope(call, jobs)
    return paged(call, fitting, lambda job: present_requests.job(call.sim, job))


def _in_scope(call: Call, jobs: list[Job]) -> list[Job]:
    wanted = call.params.words("scope")
    if not set(wanted) <= set(_STATES):
        raise invalid("scope does not have a valid value")
    return [job for job in jobs if not wanted or job.status in wanted]


def _job(call: Call) -> Job:
    text = call.vars["job_id"]
    jobs = (job for pipeline in finders.code(call).pipelines.values() for job in pipeline.jobs)
    found = next((job for job in jobs if str(job.id) == text), None)
    if found is None:
        raise not_found()
    return found


def _changeable(call: Call) -> Job:
    job = _job(call)
    require(call.sim, call.user, job.pipeline.project, DEVELOPERS)
    return job


_AT = "/projects/:id/jobs/:job_id"

ROUTES = (
    Route("GET", "/projects/:id/jobs", list_project_jobs),
    Route("GET", "/projects/:id/pipelines/:pipeline_id/jobs", list_pipeline_jobs),
    Route("GET", "/projects/:id/pipelines/:pipeline_id/bridges", no_bridges),
    Route("GET", _AT, get_job),
    Route("GET", f"{_AT}/trace", trace),
    Route("GET", f"{_AT}/artifacts", artifacts),
    Route("DELETE", f"{_AT}/artifacts", artifacts),
    Route("GET", f"{_AT}/artifacts/:path", artifacts),
    Route("POST", f"{_AT}/artifacts/keep", artifacts),
    Route("POST", f"{_AT}/cancel", cancel),
    Route("POST", f"{_AT}/retry", retry),
    Route("POST", f"{_AT}/play", play),
    Route("POST", f"{_AT}/erase", erase),
)
