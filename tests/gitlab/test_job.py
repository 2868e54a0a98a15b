"""What a pipeline job knows from GitLab's variables."""

import pytest

from bot.domain.errors import UserError
from bot.gitlab.job import Job
from bot.settings import pipeline_variables

HEAD, MERGED = "a" * 40, "b" * 40
VARIABLES = {
    "CI_API_V4_URL": "https://gitlab.test/below/api/v4",
    "CI_JOB_TOKEN": "glcbt-64_0123456789",
    "CI_PROJECT_ID": "4",
    "CI_MERGE_REQUEST_PROJECT_ID": "4",
    "CI_MERGE_REQUEST_PROJECT_URL": "https://gitlab.test/below/team/docs",
    "CI_MERGE_REQUEST_IID": "12",
    "CI_MERGE_REQUEST_EVENT_TYPE": "detached",
    "CI_COMMIT_SHA": HEAD,
}
"""An ordinary merge request pipeline: CI_MERGE_REQUEST_SOURCE_BRANCH_SHA is empty there."""


def test_job_knows_its_merge_request() -> None:
    """In an ordinary merge request pipeline the commit is the head."""
    job = Job.read(VARIABLES)
    six = "https://[2001:db8::1]:8443"
    assert Job.read({**VARIABLES, "CI_API_V4_URL": f"{six}/api/v4"}).url == six
    assert (job.url, job.project, job.iid, job.head) == ("https://gitlab.test/below", 4, 12, HEAD)
    assert job.address == "https://gitlab.test/below/team/docs/-/merge_requests/12"
    assert not job.is_in_fork
    assert Job.read({**VARIABLES, "CI_PROJECT_ID": "5"}).is_in_fork
    assert Job.read({**VARIABLES, "CI_SERVER_TLS_CA_FILE": "/ca"}).ca_file == "/ca"


@pytest.mark.parametrize("kind", ["merged_result", "merge_train"])
def test_head_of_a_merged_results_pipeline_is_that_of_the_source_branch(kind: str) -> None:
    """Its commit is one that GitLab made for the pipeline."""
    merged = {**VARIABLES, "CI_MERGE_REQUEST_EVENT_TYPE": kind, "CI_COMMIT_SHA": MERGED}
    assert Job.read({**merged, "CI_MERGE_REQUEST_SOURCE_BRANCH_SHA": HEAD}).head == HEAD
    with pytest.raises(UserError, match="SOURCE_BRANCH_SHA: empty"):
        Job.read(merged)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("CI_API_V4_URL", "ftp://gitlab.test/api/v4"),
        ("CI_API_V4_URL", "https://[::/api/v4"),
        ("CI_API_V4_URL", "https://gitlab.test:https/api/v4"),
        ("CI_JOB_TOKEN", "two words"),
        ("CI_PROJECT_ID", "$(id)"),
        ("CI_MERGE_REQUEST_PROJECT_ID", "4/../5"),
        ("CI_MERGE_REQUEST_IID", "0"),
        ("CI_COMMIT_SHA", "main"),
    ],
)
def test_variable_that_is_empty_or_odd_is_named(name: str, value: str) -> None:
    """And its value is not told: it may be a secret."""
    for wrong in ({**VARIABLES, name: value}, {k: v for k, v in VARIABLES.items() if k != name}):
        with pytest.raises(UserError, match=f"^{name}: empty, or not as GitLab sets it") as told:
            Job.read(wrong)
        assert value not in str(told.value)


@pytest.mark.parametrize("place", ["", "javascript:alert(1)", "https://x.test/ y", 'https://x"y'])
def test_odd_address_is_left_out(place: str) -> None:
    """It only leads people somewhere."""
    assert Job.read({**VARIABLES, "CI_MERGE_REQUEST_PROJECT_URL": place}).address == ""


def test_only_variables_of_the_pipeline_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing else of the environment, and nothing that is empty."""
    given = {"CI_A": " 1 ", "CI_EMPTY": " ", "AWS_SECRET": "x"}
    assert pipeline_variables(given) == {"CI_A": "1"}
    monkeypatch.setenv("CI_FROM_TEST", "yes")
    assert pipeline_variables()["CI_FROM_TEST"] == "yes"
