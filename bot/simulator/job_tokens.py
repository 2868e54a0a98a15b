"""Job tokens: what a pipeline job may do with `CI_JOB_TOKEN`, which is little.

https://docs.gitlab.com/ci/jobs/ci_job_token/
A token acts as whoever started the pipeline, in the project of the job and in those that let it
in, only on the paths that GitLab opens to it, and only while the job runs. On other paths GitLab
does not look at it: the caller is nobody.
"""

import re
import secrets

from bot.simulator.errors import ApiError, forbidden, unauthorized
from bot.simulator.model import Project, User
from bot.simulator.model_ci import JobToken
from bot.simulator.simulator import Simulator

_OPEN = re.compile(
    r"/api/v4/projects/(?P<project>[^/]+)/(?:merge_requests(?:/\d+(?:/notes(?:/\d+)?)?)?"
    r"|repository/(?:branches|tags|commits/[^/]+|files/[^/]+/raw))"
)


def create(sim: Simulator, user: User, project: Project) -> JobToken:
    """The token of a job that starts."""
    token = JobToken(value=f"glcbt-64_{secrets.token_hex(10)}", user=user, project=project)
    sim.state.job_tokens[token.value] = token
    return token


def caller(sim: Simulator, method: str, path: str, value: str) -> User | None:
    """Who calls with a job token; ApiError where it is no good, or not let in."""
    match = _OPEN.fullmatch(path)
    if match is None or method not in {"GET", "HEAD"}:
        return None
    token = sim.state.job_tokens.get(value)
    if token is None or not token.running:
        raise unauthorized()
    if token.user.state != "active":
        raise ApiError(403, {"message": "403 Forbidden"})
    _require_let_in(sim, token, match["project"])
    return token.user


def _require_let_in(sim: Simulator, token: JobToken, name: str) -> None:
    state = sim.state
    named = name.replace("%2F", "/").replace("%2f", "/")
    target = state.projects.get(int(named)) if named.isdecimal() else state.project_at(named)
    if target is None or target is token.project or _is_let_in(sim, token.project, target):
        return
    raise forbidden(
        "Authentication by CI/CD job token not allowed from "
        f"{token.project.full_path} to {target.full_path}."
    )


def is_open(sim: Simulator, target: Project) -> bool:
    """Whether all projects may come in: never while the instance enforces the list, as usual."""
    enforced = sim.state.settings["enforce_ci_inbound_job_token_scope_enabled"]
    return target.job_open and not enforced


def _is_let_in(sim: Simulator, source: Project, target: Project) -> bool:
    """By itself, by a group above it, or because all are."""
    above = {group.id for group in source.namespace.lineage()}
    listed = source.id in target.job_allowlist or bool(above & target.job_groups)
    return is_open(sim, target) or listed
