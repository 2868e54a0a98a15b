"""Which hooks hear of an event, and the headers of each delivery.

https://docs.gitlab.com/user/project/integrations/webhooks/
"""

import base64
import hashlib
import hmac
import json
import re
import uuid
from datetime import datetime, timedelta
from fnmatch import fnmatchcase
from typing import Any

from bot.simulator import hook_bodies, hook_requests, hook_templates, hook_times
from bot.simulator.model import Award, Holder, Issue, MergeRequest, Note, Project, User
from bot.simulator.model_hooks import Hook, HookEvent
from bot.simulator.outbox import Delivery, alert_status
from bot.simulator.simulator import Simulator
from bot.simulator.state import lineage

_CHAIN_LIFE = timedelta(minutes=30)
_CHAIN_LIMIT = 100
_LOG_KEPT = 500


def issue_changed(
    sim: Simulator, actor: User, item: Issue, action: str, changes: dict[str, Any]
) -> None:
    """Tell of an issue; confidential ones only to hooks that ask for them."""
    switch = "confidential_issues_events" if item.confidential else "issues_events"
    fire(sim, item.project, switch, hook_bodies.issue(sim, actor, item, action, changes))


def merge_request_changed(
    sim: Simulator,
    actor: User,
    item: MergeRequest,
    action: str,
    changes: dict[str, Any],
    **extra: Any,
) -> None:
    """Tell of a merge request."""
    body = hook_requests.merge_request(sim, actor, item, action, changes, **extra)
    fire(sim, item.project, "merge_requests_events", body)


def note_written(sim: Simulator, actor: User, note: Note, action: str) -> None:
    """Tell of a comment; never of GitLab's own notes."""
    if note.system:
        return
    quiet = hook_bodies.is_confidential(note)
    switch = "confidential_note_events" if quiet else "note_events"
    body = hook_bodies.note(sim, actor, note, action, hook_requests.parent(sim, note.noteable))
    fire(sim, note.noteable.project, switch, body)


def emoji_given(sim: Simulator, actor: User, award: Award, action: str) -> None:
    """Tell of a reaction given or taken back."""
    item = award.awardable.noteable if isinstance(award.awardable, Note) else award.awardable
    body = hook_bodies.emoji(sim, actor, award, action, hook_requests.parent(sim, item))
    fire(sim, item.project, "emoji_events", body)


def fire(sim: Simulator, place: Holder, switch: str, body: dict[str, Any]) -> None:
    """Queue a delivery for every hook of the project, and on Premium of the groups above."""
    for holder in lineage(place):
        if not isinstance(holder, Project) and not sim.premium:
            continue
        for hook in holder.hooks.values():
            if hook.events.get(switch) and (switch != "push_events" or _hears(hook, body)):
                deliver(sim, hook, switch, body)


def _hears(hook: Hook, body: dict[str, Any]) -> bool:
    """Whether the hook wants pushes to this branch: by wildcard, by pattern, or to all."""
    wanted = hook.push_events_branch_filter
    branch = str(body["ref"]).removeprefix("refs/heads/")
    if not wanted or hook.branch_filter_strategy == "all_branches":
        return True
    if hook.branch_filter_strategy == "regex":
        return re.search(wanted, branch) is not None
    return fnmatchcase(branch, wanted)


def deliver(sim: Simulator, hook: Hook, switch: str, body: dict[str, Any]) -> None:
    """Queue one delivery, unless the hook is switched off or is part of the chain already."""
    if alert_status(hook, sim.clock.now()) != "executable":
        return
    chain = sim.event_uuid or str(uuid.uuid4())
    if _would_loop(sim, chain, hook):
        return
    send(sim, hook, switch, body, chain=chain)


def send(
    sim: Simulator,
    hook: Hook,
    switch: str,
    body: Any,
    *,
    chain: str = "",
    delivery_id: str = "",
    test: bool = False,
) -> HookEvent:
    """Queue one delivery in any case, and keep it in the hook's log. A resend keeps the id.

    A body that its template makes no JSON of is not sent; it counts as a failure.
    """
    body = hook_times.written(body, switch, test=test)
    content, sound = _templated(hook, body)
    raw = json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
    delivery_id = delivery_id or str(uuid.uuid4())
    headers = _headers(
        sim, hook, switch, raw, delivery_id=delivery_id, chain=chain or str(uuid.uuid4())
    )
    event = HookEvent(
        id=sim.state.next_id("hook_event"),
        hook=hook,
        url=target(hook),
        trigger=switch.replace("_events", "_hooks").replace("issues_", "issue_"),
        headers=headers,
        data=body,
        created_at=sim.clock.now(),
    )
    hook.log.append(event)
    del hook.log[:-_LOG_KEPT]
    delivery = Delivery(delivery_id, hook.id, event.url, headers, raw, event)
    if sound:
        _queue(sim, delivery)
    else:
        sim.outbox.report(delivery, None)
    return event


def _templated(hook: Hook, body: Any) -> tuple[Any, bool]:
    """The body as the hook's template has it, and whether it could be made."""
    if not hook.custom_webhook_template:
        return body, True
    try:
        return hook_templates.render(hook.custom_webhook_template, body), True
    except ValueError:
        return body, False


def event_name(switch: str) -> str:
    """The `X-Gitlab-Event` value: `confidential_note_events` -> `Confidential Note Hook`."""
    singular = switch.removesuffix("_events").replace("_", " ")
    special = {
        "merge requests": "merge request",
        "issues": "issue",
        "confidential issues": "confidential issue",
        "releases": "release",
    }
    return f"{special.get(singular, singular)} hook".title()


def _queue(sim: Simulator, delivery: Delivery) -> None:
    fault = sim.faults.for_hook(delivery.headers["X-Gitlab-Event"], delivery.hook_id)
    match fault.kind if fault else None:
        case "drop_hook":
            return
        case "delay_hook" if fault:
            when = sim.clock.now() + timedelta(seconds=fault.seconds)
            sim.clock.at(when, lambda: sim.outbox.add(delivery))
        case "double_hook":
            sim.outbox.add(delivery)
            sim.outbox.add(delivery)
        case kind:
            sim.outbox.add(delivery, first=kind == "reorder_hook")


def _would_loop(sim: Simulator, chain: str, hook: Hook) -> bool:
    """GitLab's recursion guard: a hook fires once per event UUID, 100 hooks in all."""
    now = sim.clock.now()
    begun, fired = sim.hook_chains.get(chain, (now, set()))
    if sim.event_uuid is None:
        return False
    if now - begun > _CHAIN_LIFE:
        begun, fired = now, set()
    if hook.id in fired or len(fired) >= _CHAIN_LIMIT:
        return True
    sim.hook_chains[chain] = (begun, fired | {hook.id})
    return False


def _headers(
    sim: Simulator, hook: Hook, switch: str, raw: bytes, *, delivery_id: str, chain: str
) -> dict[str, str]:
    moment = sim.clock.now()
    headers = {
        **hook.custom_headers,
        "Content-Type": "application/json",
        "User-Agent": f"GitLab/{sim.version}",
        "Idempotency-Key": delivery_id,
        "webhook-id": delivery_id,
        "webhook-timestamp": str(int(moment.timestamp())),
        "X-Gitlab-Event": event_name(switch),
        "X-Gitlab-Webhook-UUID": str(uuid.uuid4()),
        "X-Gitlab-Instance": sim.url,
        "X-Gitlab-Event-UUID": chain,
    }
    if hook.token:
        headers["X-Gitlab-Token"] = hook.token
    if hook.signing_token:
        headers["webhook-signature"] = sign(hook.signing_token, delivery_id, moment, raw)
    return headers


def sign(signing_token: str, delivery_id: str, moment: datetime, raw: bytes) -> str:
    """The Standard Webhooks signature: https://www.standardwebhooks.com/."""
    key = base64.b64decode(signing_token.removeprefix("whsec_"))
    signed = f"{delivery_id}.{int(moment.timestamp())}.".encode() + raw
    digest = hmac.new(key, signed, hashlib.sha256).digest()
    return f"v1,{base64.b64encode(digest).decode()}"


def target(hook: Hook) -> str:
    """Where deliveries of a hook go: its URL with its variables filled in."""
    url = hook.url
    for key, value in hook.url_variables.items():
        url = url.replace(f"{{{key}}}", value)
    return url
