"""Archives: https://docs.gitlab.com/api/repositories/#retrieve-file-archive."""

import io
import tarfile
import zipfile
from typing import Any

import httpx2
import pytest
import requests

from bot.simulator import serve
from tests.simulator.conftest import World
from tests.simulator.test_requests import code as code  # noqa: PLC0414 - the fixture
from tests.simulator.test_requests import commit


def archive(world: World, kind: str = "tar.gz", **params: Any) -> httpx2.Response:
    """What comes back."""
    headers = {"PRIVATE-TOKEN": world.rita.token or ""}
    path = f"/api/v4{world.path}/repository/archive.{kind}"
    return world.client.get(path, headers=headers, params=params)


def branch(world: World, name: str) -> None:
    """One more branch."""
    world.dora.post(f"{world.path}/repository/branches", branch=name, ref="main")


def test_files_that_can_be_run_stay_so(code: World) -> None:
    """The others are as git writes them; in a tar file the group may write, too."""
    run = {"action": "chmod", "file_path": "docs/page.md", "execute_filemode": True}
    commit(code, "dora", "topic", "Let it run", [run])
    with tarfile.open(fileobj=io.BytesIO(archive(code, sha="topic").content)) as packed:
        assert [oct(entry.mode) for entry in packed] == ["0o664", "0o775"]
    with zipfile.ZipFile(io.BytesIO(archive(code, "zip", sha="topic").content)) as packed_zip:
        modes = [oct(entry.external_attr >> 16) for entry in packed_zip.infolist()]
    assert modes == ["0o100644", "0o100755"]


@pytest.mark.parametrize(
    ("params", "name"),
    [
        ({"sha": "feature/x"}, "proj-feature-x-{}"),
        ({"sha": "日本"}, "proj-日本-{}"),
        ({}, "proj-main-{}"),
        ({"sha": "topic", "path": "docs"}, "proj-topic-{}-docs"),
    ],
)
def test_name_is_that_of_the_folder(code: World, params: Any, name: str) -> None:
    """Of project, ref, commit and path, without slashes; in UTF-8 as it is."""
    branch(code, "feature/x")
    branch(code, "日本")
    ref = params.get("sha", "main")
    head = code.rita.get(f"{code.path}/repository/commits", ref_name=ref)[0]["id"]
    answer = over_http(code, "archive", params)
    top = name.format(head)
    assert said(answer, "content-disposition") == f'attachment; filename="{top}.tar.gz"'
    with tarfile.open(fileobj=io.BytesIO(answer.content)) as packed:
        assert {found.split("/")[0] for found in packed.getnames()} == {top}


def over_http(world: World, path: str, params: Any) -> requests.Response:
    """What comes over a real connection: the client in one process takes ASCII headers alone."""
    with serve(world.sim) as served:
        headers = {"PRIVATE-TOKEN": world.rita.token or ""}
        url = f"{served.url}/api/v4{world.path}/repository/{path}"
        return requests.get(url, headers=headers, params=params, timeout=10)


def said(answer: requests.Response, name: str) -> str:
    """A header in UTF-8."""
    return answer.headers[name].encode("latin-1").decode()


@pytest.mark.parametrize(
    ("ref_type", "sha", "status"),
    [("tags", "main", 404), ("heads", "v1", 404), ("tags", "v1", 200), ("heads", "main", 200)],
)
def test_kind_of_ref_lets_in_no_other(code: World, ref_type: str, sha: str, status: int) -> None:
    """A branch is no tag."""
    code.dora.post(f"{code.path}/repository/tags", tag_name="v1", ref="main")
    answer = archive(code, sha=sha, ref_type=ref_type)
    assert answer.status_code == status
    assert status == 200 or answer.json() == {"message": "404 File Not Found"}


def test_path_that_is_not_there_gives_nothing(code: World) -> None:
    """GitLab has said 200 by then."""
    answer = archive(code, path="nope")
    assert (answer.status_code, answer.content) == (200, b"")


def test_headers_of_files_are_in_utf_8(code: World) -> None:
    """Whatever a file is called."""
    page = {"action": "create", "file_path": "日本.md", "content": "new\n"}
    commit(code, "dora", "topic", "Add", [page])
    answer = over_http(code, "files/日本.md/raw", {"ref": "topic"})
    assert said(answer, "x-gitlab-file-name") == "日本.md"
