"""The documented filters that only lists of merge requests have.

https://docs.gitlab.com/api/merge_requests/#list-merge-requests
"""

from collections.abc import Callable

from bot.simulator import approval_rules, filters
from bot.simulator.model import MergeRequest, User
from bot.simulator.params import Params
from bot.simulator.simulator import Simulator

Test = Callable[[MergeRequest], bool]

_STATES = ("opened", "closed", "locked", "merged", "all")
_ORDERS = (
    *("created_at", "label_priority", "merged_at", "milestone_due", "popularity", "priority"),
    *("title", "updated_at", "id"),
)


def select(
    sim: Simulator, user: User | None, params: Params, items: list[MergeRequest], scope: str
) -> list[MergeRequest]:
    """The merge requests that pass every filter sent, in the order asked for."""
    params.choice("state", _STATES)
    params.choice("order_by", _ORDERS)
    tests = [
        *_branch_tests(params),
        *_approver_tests(sim, params),
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
    found = [item for item in items if all(test(item) for test in tests)]
    return filters.select(sim, user, params, found, scope)


def _branch_tests(params: Params) -> list[Test]:
    """Branches, and whether it is a draft."""
    params.exclude("draft", "wip")
    tests: list[Test] = []
    source, target = params.text("source_branch"), params.text("target_branch")
    if source:
        tests.append(lambda item: item.source_branch == source)
    if target:
        tests.append(lambda item: item.target_branch == target)
    wip = params.choice("wip", ("yes", "no"))
    draft = params.flag("draft", wip == "yes" if wip else None)
    if draft is not None:
        tests.append(lambda item: item.draft == draft)
    return tests


def _approver_tests(sim: Simulator, params: Params) -> list[Test]:
    """Who may approve by the rules (Premium)."""
    if not sim.premium:
        return []

    def approvers(item: MergeRequest) -> list[User]:
        rules = approval_rules.counting(sim, item)
        return [user for rule in rules for user in approval_rules.eligible(rule).values()]

    return _people_tests(params, "approver_ids", approvers)


def _reviewer_tests(params: Params) -> list[Test]:
    params.exclude("reviewer_id", "reviewer_username")
    name = (params.text("reviewer_username") or "").lower()
    if name in {"none", "any"}:
        return [lambda item: bool(item.reviewers) == (name == "any")]
    if name:
        return [lambda item: any(user.username.lower() == name for user in item.reviewers)]
    return _people_tests(params, "reviewer_id", lambda item: item.reviewers)


def _approval_tests(params: Params) -> list[Test]:
    """Who approved: everybody named, nobody or anybody."""

    def approvers(item: MergeRequest) -> list[User]:
        return [user for user, _ in item.approvals.values()]

    tests = _people_tests(params, "approved_by_ids", approvers)
    names = [name.lower() for name in params.words("approved_by_usernames")]
    if names in (["none"], ["any"]):
        tests.append(lambda item: bool(item.approvals) == (names == ["any"]))
    else:
        tests += [_is_among(name, approvers) for name in names]
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
    params.exclude("merge_user_id", "merge_user_username")
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
