"""A pipeline job's view of its merge request: what it may read with its own token, by GET only.

It may read merge requests and their notes, and little else
(https://docs.gitlab.com/ci/jobs/ci_job_token/). It must not judge what it reads.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import requests

from bot.domain.alignment.check import Comment, Shown
from bot.domain.errors import UserError
from bot.gitlab.client import Client

_SHA = re.compile(r"[0-9a-f]{40,64}")
_API = re.compile(
    r"(?P<url>https?://(?:[\w.-]+|\[[0-9a-fA-F:.]+\])(?::\d{1,5})?(?:/[^\s?#@]*)?)/api/v4/?"
)
_PLACE = re.compile(r"https?://[^\s?#@<>\"']+")
_OF_TWO_BRANCHES = {"merged_result", "merge_train"}


@dataclass(frozen=True, slots=True)
class Job:
    """Where the job runs, and for what."""

    url: str
    token: str
    ca_file: str | None
    project: int
    iid: int
    head: str
    runs_in: int
    address: str

    @property
    def is_in_fork(self) -> bool:
        """Whether the pipeline runs elsewhere than in the project of its merge request."""
        return self.runs_in != self.project

    @classmethod
    def read(cls, variables: Mapping[str, str]) -> "Job":
        """The job that GitLab's variables describe. Raises `UserError` with all that lacks."""
        wanted = {
            "CI_API_V4_URL": _API,
            "CI_JOB_TOKEN": re.compile(r"[!-~]+"),
            "CI_PROJECT_ID": re.compile(r"[1-9]\d{0,17}"),
            "CI_MERGE_REQUEST_PROJECT_ID": re.compile(r"[1-9]\d{0,17}"),
            "CI_MERGE_REQUEST_IID": re.compile(r"[1-9]\d{0,17}"),
            _head_variable(variables): _SHA,
        }
        wrong = [
            name for name, form in wanted.items() if not form.fullmatch(variables.get(name, ""))
        ]
        if wrong:
            raise UserError(
                f"{', '.join(wrong)}: empty, or not as GitLab sets it. Run this in a merge request "
                'pipeline (`rules: - if: $CI_PIPELINE_SOURCE == "merge_request_event"`).'
            )
        return cls(
            url=variables["CI_API_V4_URL"].rpartition("/api/v4")[0],
            token=variables["CI_JOB_TOKEN"],
            ca_file=variables.get("CI_SERVER_TLS_CA_FILE"),
            project=int(variables["CI_MERGE_REQUEST_PROJECT_ID"]),
            iid=int(variables["CI_MERGE_REQUEST_IID"]),
            head=variables[_head_variable(variables)],
            runs_in=int(variables["CI_PROJECT_ID"]),
            address=_address(variables),
        )


def _address(variables: Mapping[str, str]) -> str:
    """Where people see the merge request; empty if GitLab does not say."""
    place = variables.get("CI_MERGE_REQUEST_PROJECT_URL", "")
    iid = variables["CI_MERGE_REQUEST_IID"]
    return f"{place}/-/merge_requests/{iid}" if _PLACE.fullmatch(place) else ""


def _head_variable(variables: Mapping[str, str]) -> str:
    """Only where two branches are merged for the pipeline, the commit is another than the head."""
    merged = variables.get("CI_MERGE_REQUEST_EVENT_TYPE", "") in _OF_TWO_BRANCHES
    return "CI_MERGE_REQUEST_SOURCE_BRANCH_SHA" if merged else "CI_COMMIT_SHA"


class JobReader:
    """Reads the merge request of a job."""

    def __init__(
        self,
        job: Job,
        clock: Callable[[], datetime],
        session: requests.Session | None = None,
    ) -> None:
        self._client = Client(
            job.url, job.token, ca_file=job.ca_file, session=session, is_job_token=True
        )
        self._path = f"/projects/{job.project}/merge_requests/{job.iid}"
        self._clock = clock

    def read(self) -> Shown:
        """The merge request and its comments. Raises what `Client` raises."""
        raw = self._client.get(self._path)
        notes = self._client.list(f"{self._path}/notes")
        held = raw.get("merge_after")
        return Shown(
            state=raw["state"],
            merge_after=datetime.fromisoformat(held) if held else None,
            comments=tuple(_comment(note) for note in notes if not note["system"]),
            now=self._client.time() or self._clock(),
        )


def _comment(raw: Mapping[str, Any]) -> Comment:
    return Comment(raw["id"], raw["author"]["id"], raw["body"] or "")
