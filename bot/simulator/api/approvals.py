"""Approvals of merge requests, and how many they need.

https://docs.gitlab.com/api/merge_request_approvals/
Rules that require approvals are Premium.
"""

from typing import Any

from bot.simulator import approval_rules, approving, present, present_places, present_requests
from bot.simulator.api import finders, protection
from bot.simulator.errors import conflict, invalid, message, not_found, unauthorized
from bot.simulator.model import ApprovalRule, MergeRequest, Project, User
from bot.simulator.model_code import Protection
from bot.simulator.paging import paged
from bot.simulator.permissions import DEVELOPERS, MAINTAINERS, has, require, require_update
from bot.simulator.routing import Answer, Call, Route

Rules = dict[int, ApprovalRule]


def approve(call: Call) -> Any:
    """Approve; 401 for who may not, or did already; 409 for another head."""
    item = finders.merge_request(call)
    if not approving.may_approve(call.sim, call.user, item):
        raise unauthorized()
    sha = call.params.text("sha")
    if sha and sha != item.head.id:
        raise conflict(f"SHA does not match HEAD of source branch: {item.head.id}")
    approving.approve(call.sim, call.user, item)
    return present_requests.approvals(call.sim, item, call.user)


def unapprove(call: Call) -> Any:
    """Take the approval back."""
    item = finders.merge_request(call)
    if call.user.id not in item.approvals:
        raise message(404, "404 Not Found")
    approving.unapprove(call.sim, call.user, item)
    return present_requests.approvals(call.sim, item, call.user)


def reset_approvals(call: Call) -> Answer:
    """Forget all approvals: only for project and group bots."""
    item = finders.merge_request(call)
    if not call.user.bot:
        raise unauthorized()
    item.approvals.clear()
    return Answer({"message": "202 Accepted"}, 202)


def get_approvals(call: Call) -> Any:
    """Who approved, and how many lack."""
    return present_requests.approvals(call.sim, finders.merge_request(call), call.caller)


def get_approval_state(call: Call) -> Any:
    """The rules that count for a merge request, each with who approved (Premium)."""
    _require_premium(call)
    item = finders.merge_request(call)
    rules = [
        _shown(call, rule) | _progress(call, item, rule)
        for rule in approval_rules.counting(call.sim, item)
    ]
    return {"approval_rules_overwritten": bool(item.approval_rules), "rules": rules}


def project_approvals(call: Call) -> Any:
    """How many approvals merge requests of the project need (Premium)."""
    _require_premium(call)
    project = finders.project(call)
    if call.method == "POST":
        require(call.sim, call.user, project, MAINTAINERS)
        if call.params.has("approvals_before_merge"):
            number = call.params.required_integer("approvals_before_merge")
            project.settings["approvals_before_merge"] = number
        for name in (*approving.USUAL, _OLD_SWITCH):
            if call.params.has(name):
                kept = _REAUTHENTICATE if name == _OLD_SWITCH else name
                project.approval_settings[kept] = bool(call.params.flag(name))
    needed = int(project.settings.get("approvals_before_merge", 0))
    shown: dict[str, Any] = {"approvers": [], "approver_groups": []}
    shown |= approving.effective(project)
    return shown | {"approvals_before_merge": needed, _OLD_SWITCH: shown[_REAUTHENTICATE]}


def list_rules(call: Call) -> Answer:
    """The rules of a project or merge request."""
    _, rules = _place(call)
    return paged(call, list(rules.values()), lambda rule: _shown(call, rule))


def get_rule(call: Call) -> Any:
    """One rule."""
    return _shown(call, _rule(call))


def create_rule(call: Call) -> Any:
    """A rule: how many must approve, and of whom."""
    project, rules = _changed(call)
    call.params.require("name", "approvals_required")
    name = call.params.required_text("name")
    if any(rule.name == name for rule in rules.values()):
        raise message(400, {"name": ["has already been taken"]})
    rule = ApprovalRule(id=call.sim.state.next_id("approval_rule"), name=name)
    kinds = ("any_approver", "regular", "report_approver")
    rule.kind = call.params.choice("rule_type", kinds, "regular") or "regular"
    rule.report = call.params.choice("report_type", ("license_scanning", "code_coverage"))
    if rule.kind == "report_approver" and rule.report is None:
        raise invalid("report_type is missing")
    _copy(call, project, rule)
    _apply(call, project, rule)
    rules[rule.id] = rule
    return _shown(call, rule)


def update_rule(call: Call) -> Any:
    """Change a rule."""
    rule = _rule(call)
    project, _ = _changed(call)
    _apply(call, project, rule)
    return _shown(call, rule)


def delete_rule(call: Call) -> None:
    """Remove a rule."""
    rule = _rule(call)
    _, rules = _changed(call)
    del rules[rule.id]


def _copy(call: Call, project: Project, rule: ApprovalRule) -> None:
    """A merge request's rule may begin as a copy of one of the project's."""
    number = call.params.integer("approval_project_rule_id") if "iid" in call.vars else None
    if number is None:
        return
    source = project.approval_rules.get(number)
    if source is None:
        raise not_found()
    rule.source, rule.users, rule.groups = source, list(source.users), list(source.groups)


def _require_premium(call: Call) -> None:
    if not call.sim.premium:
        raise not_found()


def _place(call: Call) -> tuple[Project, Rules]:
    """The project and the rules meant: its own, or those of a merge request. 404 on Free."""
    _require_premium(call)
    if "iid" in call.vars:
        item = finders.merge_request(call)
        return item.project, item.approval_rules
    project = finders.project(call)
    return project, project.approval_rules


def _changed(call: Call) -> tuple[Project, Rules]:
    place = _place(call)
    if "iid" in call.vars:
        require_update(call.sim, call.user, finders.merge_request(call))
    else:
        require(call.sim, call.user, place[0], MAINTAINERS)
    return place


def _rule(call: Call) -> ApprovalRule:
    text = call.vars["rule_id"]
    found = _place(call)[1].get(int(text) if text.isdecimal() else 0)
    if found is None:
        raise not_found()
    return found


def _apply(call: Call, project: Project, rule: ApprovalRule) -> None:
    """Who is named but has no access to the project does not count, as in GitLab."""
    params, state = call.params, call.sim.state
    rule.name = (params.text("name") or rule.name) if rule.source is None else rule.source.name
    if len(rule.name) > _NAME_LIMIT:
        raise message(400, {"name": [f"is too long (maximum is {_NAME_LIMIT} characters)"]})
    if params.has("protected_branch_ids"):
        rule.branches = _branches(project, params.integers("protected_branch_ids"))
    if params.has("applies_to_all_protected_branches"):
        rule.every_branch = bool(params.flag("applies_to_all_protected_branches"))
    params.flag("remove_hidden_groups")  # nobody's groups are hidden from who may change rules
    if params.has("approvals_required"):
        rule.required = params.required_integer("approvals_required")
    if params.has("user_ids", "usernames"):
        users = [state.users[n] for n in params.integers("user_ids") if n in state.users]
        named = [state.user_named(name) for name in params.words("usernames")]
        users += [user for user in named if user and user not in users]
        rule.users = [user for user in users if has(call.sim, user, project, DEVELOPERS)]
    if params.has("group_ids"):
        numbers = params.integers("group_ids")
        rule.groups = [state.namespaces[n] for n in numbers if n in state.namespaces]


def _branches(project: Project, numbers: list[int]) -> list[Protection]:
    """The protected branches of these ids; 404 for others."""
    found = [rule for rule in project.protected.values() if rule.id in numbers]
    if len(found) < len(set(numbers)):
        raise not_found()
    return found


def _progress(call: Call, item: MergeRequest, rule: ApprovalRule) -> dict[str, Any]:
    given = approval_rules.approvers(item, rule)
    return {
        "code_owner": False,
        "approved_by": _users(call, given),
        "approved": len(given) >= rule.required,
    }


def _shown(call: Call, rule: ApprovalRule) -> dict[str, Any]:
    eligible = approval_rules.eligible(rule)
    return _origin(call, rule) | {
        "id": rule.id,
        "name": rule.name,
        "rule_type": rule.kind,
        "report_type": rule.report,
        "eligible_approvers": _users(call, list(eligible.values())),
        "approvals_required": rule.required,
        "users": _users(call, rule.users),
        "groups": [present_places.group(call.sim, group, call.caller) for group in rule.groups],
        "contains_hidden_groups": False,
    }


def _origin(call: Call, rule: ApprovalRule) -> dict[str, Any]:
    """What a merge request's rule was copied from; the branches of a project's rule."""
    if "iid" in call.vars:
        source = rule.source
        return {
            "source_rule": {"approvals_required": source.required} if source else None,
            "overridden": source is not None and source.required != rule.required,
        }
    return {
        "protected_branches": [protection.shown(entry) for entry in rule.branches],
        "applies_to_all_protected_branches": rule.every_branch,
    }


def _users(call: Call, users: list[User]) -> list[dict[str, Any]]:
    return [present.user_basic(call.sim, user) for user in users]


_REAUTHENTICATE = "require_reauthentication_to_approve"
_OLD_SWITCH = "require_password_to_approve"
_NAME_LIMIT = 1024

_AT = "/projects/:id/merge_requests/:iid"

ROUTES = (
    Route("POST", f"{_AT}/approve", approve),
    Route("POST", f"{_AT}/unapprove", unapprove),
    Route("GET", f"{_AT}/approvals", get_approvals),
    Route("GET", f"{_AT}/approval_state", get_approval_state),
    Route("PUT", f"{_AT}/reset_approvals", reset_approvals),
    Route("GET", "/projects/:id/approvals", project_approvals),
    Route("POST", "/projects/:id/approvals", project_approvals),
    *(
        Route(method, f"{at}/approval_rules{rest}", handler)
        for at in ("/projects/:id", _AT)
        for method, rest, handler in (
            ("GET", "", list_rules),
            ("POST", "", create_rule),
            ("GET", "/:rule_id", get_rule),
            ("PUT", "/:rule_id", update_rule),
            ("DELETE", "/:rule_id", delete_rule),
        )
    ),
)
