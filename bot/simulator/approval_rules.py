"""How many approvals a merge request needs and lacks, and whose count.

https://docs.gitlab.com/user/project/merge_requests/approvals/rules/
Knows nothing of giving approvals: see `approving`.
"""

from bot.simulator import repository as git
from bot.simulator.model import ApprovalRule, MergeRequest, User
from bot.simulator.simulator import Simulator


def counting(sim: Simulator, item: MergeRequest) -> list[ApprovalRule]:
    """The rules that count: the request's own or else the project's. Free has none."""
    if not sim.premium:
        return []
    rules = (item.approval_rules or item.project.approval_rules).values()
    return [rule for rule in rules if _counts(item, rule)]


def _counts(item: MergeRequest, rule: ApprovalRule) -> bool:
    """Whether a rule is about the target branch."""
    found = git.protections(item.project, item.target_branch)
    if rule.every_branch:
        return bool(found)
    return not rule.branches or any(entry in rule.branches for entry in found)


def eligible(rule: ApprovalRule) -> dict[int, User]:
    """Who is named by a rule, directly or by group, by user id."""
    members = [member.user for group in rule.groups for member in group.members.values()]
    return {user.id: user for user in (*rule.users, *members)}


def approvers(item: MergeRequest, rule: ApprovalRule) -> list[User]:
    """Who approved and counts for a rule."""
    named = eligible(rule)
    given = [user for user, _ in item.approvals.values()]
    return [user for user in given if user.id in named] if named else given


def _general(sim: Simulator, item: MergeRequest) -> int:
    """How many approvals are needed whatever the rules say."""
    usual = int(item.project.settings.get("approvals_before_merge", 0))
    return max(usual, item.approvals_before_merge or 0) if sim.premium else 0


def required(sim: Simulator, item: MergeRequest) -> int:
    """How many approvals are needed in all."""
    general = _general(sim, item)
    return max(general, sum(rule.required for rule in counting(sim, item)))


def missing(sim: Simulator, item: MergeRequest) -> int:
    """How many approvals lack; required ones are Premium."""
    general = _general(sim, item)
    rules = counting(sim, item)
    by_rule = sum(max(0, rule.required - len(approvers(item, rule))) for rule in rules)
    return max(0, general - len(item.approvals), by_rule)
