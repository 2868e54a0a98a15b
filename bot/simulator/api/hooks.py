"""Webhooks of projects and, on Premium, of groups.

https://docs.gitlab.com/api/project_webhooks/ and https://docs.gitlab.com/api/group_webhooks/
"""

import base64
import binascii
import re
from datetime import datetime, timedelta
from typing import Any

from bot.simulator import hook_samples, hooks
from bot.simulator.api import finders
from bot.simulator.errors import (
    ApiError,
    forbidden,
    invalid,
    message,
    not_found,
)
from bot.simulator.model import Holder, Project
from bot.simulator.model_hooks import Hook, HookEvent
from bot.simulator.outbox import alert_status
from bot.simulator.paging import paged
from bot.simulator.permissions import MAINTAINERS, OWNERS, is_premium_or_refuse, level
from bot.simulator.repository import is_branch_name
from bot.simulator.routing import Answer, Call, Route
from bot.simulator.text import iso

SWITCHES = (
    "push_events",
    "tag_push_events",
    "issues_events",
    "confidential_issues_events",
    "note_events",
    "confidential_note_events",
    "merge_requests_events",
    "job_events",
    "pipeline_events",
    "wiki_page_events",
    "deployment_events",
    "feature_flag_events",
    "releases_events",
    "milestone_events",
    "emoji_events",
    "resource_access_token_events",
    "resource_deploy_token_events",
    "vulnerability_events",
    "repository_update_events",
)
_SETTINGS = (
    *("url", "name", "description", "token", "signing_token", "enable_ssl_verification"),
    *("push_events_branch_filter", "branch_filter_strategy", "custom_webhook_template"),
    *("custom_headers", "url_variables"),
)
_GROUP_SWITCHES = ("subgroup_events", "member_events", "project_events")
_KEPT = timedelta(days=7)
_MINUTE = timedelta(minutes=1)
_PER_MINUTE = 5
_KEY_LENGTH = 32
_MOST_EVENTS = 20
_OTHER_URL = "The hook URL has changed, and this log entry cannot be retried"
_KEY = re.compile(r"[A-Za-z]+[0-9]*(?:[._-][A-Za-z0-9]+)*")
_STATUS = re.compile(r"[1-5]\d\d")
_STATUS_CLASSES = {"successful": "2", "client_failure": "4", "server_failure": "5"}


def list_hooks(call: Call) -> Answer:
    """The hooks of the project or group; those of projects without their secrets' names."""
    holder = _holder(call)
    left_out = ("url_variables", "custom_headers") if isinstance(holder, Project) else ()

    def listed(hook: Hook) -> dict[str, Any]:
        return {name: value for name, value in shown(call, hook).items() if name not in left_out}

    return paged(call, list(holder.hooks.values()), listed)


def get_hook(call: Call) -> Any:
    """One hook; the tokens are never shown."""
    return shown(call, _hook(call))


def create_hook(call: Call) -> Any:
    """A hook; without any switch it hears of pushes only."""
    holder = _holder(call)
    url = _valid_url(call.params.required_text("url"))
    switches: dict[str, bool | None] = dict.fromkeys(_switches(holder), False)
    switches |= {"push_events": True, "confidential_note_events": None}
    hook = Hook(
        id=call.sim.state.next_id("hook"),
        holder=holder,
        url=url,
        created_at=call.sim.clock.now(),
        events=switches,
    )
    _apply(call, hook)
    holder.hooks[hook.id] = hook
    return shown(call, hook)


def update_hook(call: Call) -> Any:
    """Change a hook; a new URL forgets the secret token unless one is sent along."""
    hook = _hook(call)
    if not call.params.has(*hook.events, *_SETTINGS):
        raise invalid("No parameters provided")
    url = _valid_url(call.params.text("url") or hook.url)
    if url != hook.url:
        hook.url, hook.token = url, None
    _apply(call, hook)
    return shown(call, hook)


def delete_hook(call: Call) -> None:
    """Remove a hook."""
    hook = _hook(call)
    finders.unmodified(call, hook.created_at)
    del hook.holder.hooks[hook.id]


def test_hook(call: Call) -> Any:
    """Send a sample delivery, also to a hook that is switched off; 5 a minute."""
    hook = _hook(call)
    trigger = call.vars["trigger"]
    if trigger not in hook.events:
        raise invalid("trigger does not have a valid value")
    _limit(call, "test")
    if not hook_samples.can_make(trigger):
        raise message(422, "Testing not available for this hook")
    body = hook_samples.sample(call.sim, call.user, hook.holder, trigger)
    if body is None:
        raise message(422, f"Ensure the {hook_samples.LACKS[trigger]}.")
    hooks.send(call.sim, hook, trigger, body, test=True)
    return {"message": "201 Created"}


def list_events(call: Call) -> Answer:
    """The deliveries of the last seven days, newest first."""
    hook, since = _hook(call), call.sim.clock.now() - _KEPT
    status = _wanted_statuses(call)
    if (call.params.integer("per_page") or 0) > _MOST_EVENTS:
        raise invalid("per_page does not have a valid value")
    found = [
        event
        for event in reversed(hook.log)
        if event.created_at >= since and event.status is not None and _has_status(event, status)
    ]
    return paged(call, found, _shown_event)


def resend(call: Call) -> Any:
    """Send a delivery again, with the same id; 5 a minute."""
    hook = _hook(call)
    for event in hook.log:
        if str(event.id) == call.vars["event_id"]:
            _limit(call, "resend")
            if event.url != hooks.target(hook):
                raise message(422, _OTHER_URL)
            number = event.headers["webhook-id"]
            switch = event.trigger.replace("_hooks", "_events").replace("issue_", "issues_")
            hooks.send(call.sim, hook, switch, event.data, delivery_id=number)
            return {"response_status": 200}
    raise not_found()


def set_custom_header(call: Call) -> Answer:
    """Add or replace a header of every delivery."""
    _set_pair(call, _hook(call).custom_headers)
    return Answer(None, 204)


def delete_custom_header(call: Call) -> None:
    """Remove such a header."""
    if _hook(call).custom_headers.pop(call.vars["key"], None) is None:
        raise not_found()


def set_url_variable(call: Call) -> Answer:
    """Set the secret that stands for `{key}` in the URL."""
    _set_pair(call, _hook(call).url_variables)
    return Answer(None, 204)


def delete_url_variable(call: Call) -> None:
    """Remove such a secret."""
    if _hook(call).url_variables.pop(call.vars["key"], None) is None:
        raise not_found()


def _set_pair(call: Call, pairs: dict[str, str]) -> None:
    """Keep a value under the key in the path: a word or several, joined by a dot or a dash."""
    key, value = call.vars["key"], call.params.required_text("value")
    if not (value and _KEY.fullmatch(key)):
        raise ApiError(422, {"error": "Illegal key or value"})
    pairs[key] = value


def shown(call: Call, hook: Hook) -> dict[str, Any]:
    """A hook without its secrets."""
    place = "project_id" if isinstance(hook.holder, Project) else "group_id"
    until = hook.disabled_until
    paused = until if until and until > call.sim.clock.now() else None
    return {
        "id": hook.id,
        "url": hook.url,
        "name": hook.name,
        "description": hook.description,
        "created_at": iso(hook.created_at),
        **hook.events,
        "push_events_branch_filter": hook.push_events_branch_filter,
        "branch_filter_strategy": hook.branch_filter_strategy,
        "enable_ssl_verification": hook.enable_ssl_verification,
        "alert_status": alert_status(hook, call.sim.clock.now()),
        "disabled_until": iso(paused),
        "url_variables": [{"key": key} for key in hook.url_variables],
        "custom_webhook_template": hook.custom_webhook_template,
        "custom_headers": [{"key": key} for key in hook.custom_headers],
        "token_present": bool(hook.token),
        "signing_token_present": bool(hook.signing_token),
        place: hook.holder.id,
    }


def _shown_event(event: HookEvent) -> dict[str, Any]:
    secret = {"X-Gitlab-Token": "[REDACTED]"} if "X-Gitlab-Token" in event.headers else {}
    return {
        "id": event.id,
        "url": event.url,
        "trigger": event.trigger,
        "request_headers": event.headers | secret,
        "request_data": event.data,
        "response_headers": {},
        "response_body": "",
        "execution_duration": 0.1,
        "response_status": event.status,
    }


def _wanted_statuses(call: Call) -> list[str]:
    """Status codes, or words for many of them; none is all."""
    wanted = call.params.words("status")
    if any(word not in _STATUS_CLASSES and not _STATUS.fullmatch(word) for word in wanted):
        raise invalid("status does not have a valid value")
    return wanted


def _has_status(event: HookEvent, wanted: list[str]) -> bool:
    status = event.status or ""
    starts = tuple(_STATUS_CLASSES.get(word, word) for word in wanted)
    failed = status == "internal error" and "server_failure" in wanted
    return failed or not wanted or status.startswith(starts)


def _holder(call: Call) -> Holder:
    if "/groups/" in call.path:
        group = finders.group(call)
        if level(call.sim, call.user, group) not in OWNERS:
            raise forbidden()
        is_premium_or_refuse(call.sim, "Group webhooks")
        return group
    project = finders.project(call)
    if level(call.sim, call.user, project) not in MAINTAINERS:
        raise forbidden()
    return project


def _hook(call: Call) -> Hook:
    text = call.vars["hook_id"]
    found = _holder(call).hooks.get(int(text) if text.isdecimal() else 0)
    if found is None:
        raise not_found()
    return found


def _switches(holder: Holder) -> tuple[str, ...]:
    return SWITCHES if isinstance(holder, Project) else SWITCHES + _GROUP_SWITCHES


def _apply(call: Call, hook: Hook) -> None:
    params = call.params
    for switch in hook.events:
        hook.events[switch] = params.flag(switch, hook.events[switch])
    for name in ("name", "description", "push_events_branch_filter", "custom_webhook_template"):
        if params.has(name):
            setattr(hook, name, params.text(name) or "")
    strategies = ("wildcard", "regex", "all_branches")
    hook.branch_filter_strategy = (
        params.choice("branch_filter_strategy", strategies) or hook.branch_filter_strategy
    )
    _require_filter(hook)
    verify = params.flag("enable_ssl_verification", hook.enable_ssl_verification)
    hook.enable_ssl_verification = bool(verify)
    if params.has("token"):
        hook.token = _valid_token(call)
    if params.has("signing_token"):
        hook.signing_token = _valid_signing_token(params.text("signing_token"))
    for header in _pairs(call, "custom_headers"):
        hook.custom_headers[header["key"]] = header["value"]
    for variable in _pairs(call, "url_variables"):
        hook.url_variables[variable["key"]] = variable["value"]


def _require_filter(hook: Hook) -> None:
    """Refuse a filter of branches that is no regular expression, or no name but for its `*`."""
    text, good = hook.push_events_branch_filter, True
    if hook.branch_filter_strategy == "regex":
        good = _is_pattern(text)
    elif hook.branch_filter_strategy == "wildcard" and text:
        good = is_branch_name(text.replace("*", "x"))
    if not good:
        raise ApiError(422, {"error": "Invalid branch filter given"})


def _is_pattern(text: str) -> bool:
    try:
        re.compile(text)
    except re.error:
        return False
    return True


def _pairs(call: Call, name: str) -> list[dict[str, str]]:
    """A list of keys and values; 400 where it is none."""
    sent = call.params.values.get(name) or []
    if not isinstance(sent, list) or not all(isinstance(entry, dict) for entry in sent):
        raise invalid(f"{name} is invalid")
    for entry in sent:
        missing = [f"{name}[0][{key}] is missing" for key in ("key", "value") if key not in entry]
        if missing:
            raise invalid(", ".join(missing))
    return [{"key": str(entry["key"]), "value": str(entry["value"])} for entry in sent]


def _valid_url(url: str) -> str:
    if not url.startswith(("http://", "https://")):
        raise ApiError(422, {"error": "Invalid url given"})
    return url


def _valid_token(call: Call) -> str | None:
    token = call.params.text("token") or None
    if token and "\n" in token:
        said = {"error": "Token is invalid"}
        raise ApiError(
            422, said if call.method == "POST" else {"message": {"token": ["is invalid"]}}
        )
    return token


def _valid_signing_token(text: str | None) -> str | None:
    if not text:
        return None
    problem = message(400, {"signing_token": ["must be whsec_ and 32 bytes in base64"]})
    if not text.startswith("whsec_"):
        raise problem
    try:
        key = base64.b64decode(text.removeprefix("whsec_"), validate=True)
    except binascii.Error:
        raise problem from None
    if len(key) != _KEY_LENGTH:
        raise problem
    return text


def _limit(call: Call, what: str) -> None:
    """Five calls a minute for each user and project."""
    key, now = (what, call.user.id, _hook(call).holder.id), call.sim.clock.now()
    recent: list[datetime] = [t for t in call.sim.recent_writes.get(key, []) if now - t < _MINUTE]
    if len(recent) >= _PER_MINUTE:
        text = "This endpoint has been requested too many times. Try again later."
        raise ApiError(429, {"message": {"error": text}})
    call.sim.recent_writes[key] = [*recent, now]


ROUTES = tuple(
    Route(method, f"/{place}/:id/hooks{rest}", handler)
    for place in ("projects", "groups")
    for method, rest, handler in (
        ("GET", "", list_hooks),
        ("POST", "", create_hook),
        ("GET", "/:hook_id", get_hook),
        ("PUT", "/:hook_id", update_hook),
        ("DELETE", "/:hook_id", delete_hook),
        ("POST", "/:hook_id/test/:trigger", test_hook),
        ("GET", "/:hook_id/events", list_events),
        ("POST", "/:hook_id/events/:event_id/resend", resend),
        ("PUT", "/:hook_id/custom_headers/:key", set_custom_header),
        ("DELETE", "/:hook_id/custom_headers/:key", delete_custom_header),
        ("PUT", "/:hook_id/url_variables/:key", set_url_variable),
        ("DELETE", "/:hook_id/url_variables/:key", delete_url_variable),
    )
)
