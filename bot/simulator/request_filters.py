"""The documented filters that only lists of merge requests have.

https://docs.gitlab.com/api/merge_requests/#list-merge-requests
"""

from collections.abc import Callable

from bot.simulator.errors import invalid
from bot.simulator.model import MergeRequest, User
from bot.simulator.params import Params

Test = Callable[[MergeRequest], bool]


def select(params: Params, user: User | None, items: list[MergeRequest]) -> list[MergeRequest]:
    """The merge requests that pass every such filter."""
    tests = [
        *_reviewer_tests(params),
        *_approval_tests(params),
        *_merge_tests(params),
        *[_opposite(test) for test in _reviewer_tests(params.sub("not"))],
    ]
    if params.text("scope") == "reviews_for_me":
        tests.append(lambda item: user in item.reviewers)
    source = params.integer("source_project_id")
    if source is not None:
        tests.append(lambda item: item.source_project.id == source)
    return [item for item in items if all(test(item) for test in tests)]


def _reviewer_tests(params: Params) -> list[Test]:
    if params.has("reviewer_id") and params.has("reviewer_username"):
        raise invalid("reviewer_id, reviewer_username are mutually exclusive")
    name = (params.text("reviewer_username") or "").lower()
    if name:
        return [lambda item: any(user.username.lower() == name for user in item.reviewers)]
    return _people_tests(params, "reviewer_id", lambda item: item.reviewers)


def _approval_tests(params: Params) -> list[Test]:
    """Who approved: everybody named, nobody or anybody."""

    def approvers(item: MergeRequest) -> list[User]:
        return [user for user, _ in item.approvals.values()]

    tests = _people_tests(params, "approved_by_ids", approvers)
    for name in params.words("approved_by_usernames"):
        tests.append(_is_among(name.lower(), approvers))
    approved = params.choice("approved", ("yes", "no"))
    if approved:
        tests.append(lambda item: bool(item.approvals) == (approved == "yes"))
    return tests


def _is_among(name: str, people: Callable[[MergeRequest], list[User]]) -> Test:
    return lambda item: any(user.username.lower() == name for user in people(item))


def _people_tests(
    params: Params, name: str, people: Callable[[MergeRequest], list[User]]
) -> list[Test]:
    """`None`, `Any`, or all of the numbers."""
    words = [word.lower() for word in params.words(name)]
    if words in (["none"], ["any"]):
        return [lambda item: bool(people(item)) == (words == ["any"])]
    numbers = set(params.integers(name))
    return [lambda item: numbers <= {user.id for user in people(item)}] if numbers else []


def _merge_tests(params: Params) -> list[Test]:
    """Who merged it, and when."""
    tests: list[Test] = []
    number, name = params.integer("merge_user_id"), params.text("merge_user_username")
    after, before = params.moment("merged_after"), params.moment("merged_before")
    if number is not None:
        tests.append(lambda item: item.merged_by is not None and item.merged_by.id == number)
    if name:
        tests.append(lambda item: item.merged_by is not None and item.merged_by.username == name)
    if after:
        tests.append(lambda item: item.merged_at is not None and item.merged_at >= after)
    if before:
        tests.append(lambda item: item.merged_at is not None and item.merged_at <= before)
    return tests


def _opposite(test: Test) -> Test:
    return lambda item: not test(item)
