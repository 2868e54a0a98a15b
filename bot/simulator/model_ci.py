"""What a GitLab remembers of pipelines, as plain data: see `model`."""

from dataclasses import dataclass, field
from datetime import datetime

from bot.simulator.model import Project, User


@dataclass(slots=True, eq=False, kw_only=True)
class JobToken:
    """The token of a pipeline job: it acts as `user`, and ends with the job."""

    value: str
    user: User
    project: Project
    running: bool = True


@dataclass(slots=True, eq=False, kw_only=True)
class Pipeline:
    """A pipeline; here it changes by commit statuses, and by what people do with its jobs.

    `variables` are what it was started with, as the API shows them.
    """

    id: int
    iid: int
    project: Project
    ref: str
    sha: str
    status: str
    source: str
    user: User
    created_at: datetime
    updated_at: datetime
    name: str | None = None
    variables: list[dict[str, str]] = field(default_factory=list)
    jobs: list["Job"] = field(default_factory=list)
    started_at: datetime | None = None
    finished_at: datetime | None = None


@dataclass(slots=True, eq=False, kw_only=True)
class Job:
    """A job of `.gitlab-ci.yml`. There is no runner: it waits for a control path or for people.

    `retried` is whether a newer job of the same name took its place.
    """

    id: int
    name: str
    stage: str
    status: str
    pipeline: Pipeline
    user: User
    created_at: datetime
    manual: bool = False
    allow_failure: bool = False
    retried: bool = False
    started_at: datetime | None = None
    finished_at: datetime | None = None
    erased_at: datetime | None = None


@dataclass(slots=True, eq=False, kw_only=True)
class CommitStatus:
    """A status that an outside system set on a commit; `retried` once a newer one replaced it."""

    id: int
    sha: str
    ref: str
    name: str
    status: str
    author: User
    pipeline: Pipeline
    created_at: datetime
    target_url: str | None = None
    description: str | None = None
    coverage: float | None = None
    started_at: datetime | None = None
    finished_at: datetime | None = None
    retried: bool = False
