"""What a GitLab remembers of webhooks, as plain data: see `model`."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bot.simulator.model import Holder


@dataclass(slots=True, eq=False, kw_only=True)
class Hook:
    """A project or group webhook. `events` maps the documented switches to on, off or never set."""

    id: int
    holder: Holder
    url: str
    created_at: datetime
    events: dict[str, bool | None]
    name: str = ""
    description: str = ""
    token: str | None = None
    signing_token: str | None = None
    enable_ssl_verification: bool = True
    push_events_branch_filter: str = ""
    branch_filter_strategy: str = "wildcard"
    custom_webhook_template: str | None = None
    custom_headers: dict[str, str] = field(default_factory=dict)
    url_variables: dict[str, str] = field(default_factory=dict)
    failures: int = 0
    disabled_until: datetime | None = None
    disabled: bool = False
    log: list["HookEvent"] = field(default_factory=list)


@dataclass(slots=True, eq=False, kw_only=True)
class HookEvent:
    """One delivery of a hook, as the hook events API shows it; `status` is None until reported."""

    id: int
    hook: Hook
    url: str
    trigger: str
    headers: dict[str, str]
    data: Any
    created_at: datetime
    status: str | None = None
