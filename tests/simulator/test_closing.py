"""What commits and merge requests close, and what commits mention.

https://docs.gitlab.com/user/project/issues/managing_issues/#closing-issues-automatically
"""

from typing import Any

from tests.simulator.conftest import World
from tests.simulator.test_requests import at, commit, request
from tests.simulator.test_requests import code as code  # noqa: PLC0414 - the fixture

MESSAGE = """Awesome commit message

Fix #1, Fixes #2 and Closes group/elsewhere#9.
This commit is also related to #3 and fixes #4, #5
and {url}/-/issues/6. Nothing CLOSES #7, and !1 is not resolved: resolves !1
"""


def add(name: str) -> list[dict[str, Any]]:
    """The actions of a commit that makes a file."""
    return [{"action": "create", "file_path": name, "content": "x\n"}]


def states(code: World) -> list[str]:
    """The states of all issues of the project, oldest first."""
    return [i["state"] for i in code.rita.get(f"{code.path}/issues", sort="asc")]


def test_commits_on_the_default_branch_close(code: World) -> None:
    """The example of the page, in a commit; on other branches nothing is closed."""
    issues = [code.issue() for _ in range(7)]
    url = issues[0]["web_url"].partition("/-/")[0]
    commit(code, "mia", "topic", MESSAGE.format(url=url), add("a.md"))
    assert set(states(code)) == {"opened"}
    commit(code, "mia", "main", MESSAGE.format(url=url), add("b.md"))
    shut, still = "closed", "opened"
    assert states(code) == [shut, shut, still, shut, shut, shut, still]


def test_closing_is_up_to_the_project_of_the_issue(code: World) -> None:
    """Switched off, the issue is still named as one that would be closed."""
    code.issue()
    item = request(code, description="Closes #1")
    code.mia.put(code.path, autoclose_referenced_issues=False)
    assert [i["iid"] for i in code.rita.get(f"{at(item)}/closes_issues")] == [1]
    code.mia.put(f"{at(item)}/merge")
    assert states(code) == ["opened"]


def test_issues_count_what_closes_them(code: World) -> None:
    """The count follows the text, while the request is open, and its removal."""
    issue = code.issue()

    def count() -> int:
        number: int = code.rita.get(code.at(issue))["merge_requests_count"]
        assert len(code.rita.get(f"{code.at(issue)}/closed_by")) == number
        return number

    item = request(code, description="Related to #1")
    assert count() == 0
    code.dora.put(at(item), description="Fixes issue #1")
    assert count() == 1
    code.dora.put(at(item), description="Nothing")
    assert count() == 0
    commit(code, "dora", "topic", "Implements #1", add("c.md"))
    assert count() == 1
    code.olga.delete(at(item))
    assert count() == 0


def test_commits_mention(code: World) -> None:
    """Once each, whatever the branch."""
    issue = code.issue()
    made = commit(code, "dora", "topic", "See #1 and #1", add("d.md"))
    code.dora.post(f"{code.path}/repository/branches", branch="again", ref="topic")
    notes = [n["body"] for n in code.rita.get(f"{code.at(issue)}/notes")]
    assert notes == [f"mentioned in commit {made['id']}"]
