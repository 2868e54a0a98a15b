"""The sorts of small things that are kept: see `kept`."""

import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from bot.simulator.errors import invalid, invalid_fields
from bot.simulator.routing import Call
from bot.simulator.text import iso

Entry = dict[str, Any]
_NO_EXTRA: Callable[[Call, Entry], Entry] = lambda _call, _entry: {}  # noqa: E731 - a default
_DEPLOY_SCOPES = {
    *("read_repository", "read_registry", "write_registry", "read_package_registry"),
    *("write_package_registry", "read_virtual_registry", "write_virtual_registry"),
}
_NOTHING: Callable[[Entry], Entry] = lambda _entry: {}  # noqa: E731 - a default


@dataclass(frozen=True, slots=True, kw_only=True)
class Sort:
    """One sort of kept thing.

    `fields` are the parameters with their defaults, whose types the values take; `unique` names
    the one that no two entries share; `once` adds
    what only the answer to creating shows; `derived` is what follows from the values; `removable`
    is the state without which an entry stays; `public` lets everybody read who sees the owner;
    `fixed` entries cannot be changed; `choices` are the words that a field may have; `days` are
    sent as days and shown as times; `check` refuses what cannot be stored; `named` ones are listed
    under the name of their user, too; `revocable` ones go by a second way; `number` is what GitLab
    calls the key that has to be a number; no two of all owners are alike where they are `shared`;
    when `undated` ones were made is not told; the comment of `signed` keys becomes whose they are.
    """

    name: str
    page: str
    required: tuple[str, ...]
    fields: Entry
    unique: str = ""
    once: Callable[[Call, Entry], Entry] = _NO_EXTRA
    derived: Callable[[Entry], Entry] = _NOTHING
    removable: str = ""
    public: bool = False
    fixed: bool = False
    choices: dict[str, tuple[str, ...]] = field(default_factory=dict)
    days: tuple[str, ...] = ()
    check: Callable[[Entry], None] = lambda _entry: None
    owners: tuple[str, ...] = ("projects", "groups")
    shown: Entry = field(default_factory=dict)
    named: bool = False
    revocable: bool = False
    number: str = ""
    shared: bool = False
    undated: bool = False
    signed: bool = False


def _token(_call: Call, _entry: Entry) -> Entry:
    return {"token": f"gldt-{secrets.token_urlsafe(15)}"}


def _deployer(entry: Entry) -> Entry:
    """Deploy tokens expire at a time, of which a day may be sent; they are named by number."""
    name = {} if entry["username"] else {"username": f"gitlab+deploy-token-{entry['id']}"}
    try:
        end = datetime.fromisoformat(entry["expires_at"]) if entry["expires_at"] else None
    except ValueError:
        raise invalid("expires_at is invalid") from None
    if end and end.tzinfo is None:
        end = end.replace(tzinfo=UTC)
    return name | {"expires_at": iso(end and end.astimezone(UTC))}


def _require_scopes(entry: Entry) -> None:
    if not set(entry["scopes"]) <= _DEPLOY_SCOPES:
        raise invalid("scopes does not have a valid value")


def _require_ssh_key(entry: Entry) -> None:
    """A kind, the key in base64, and perhaps a comment."""
    if not re.fullmatch(r"(ssh|ecdsa|sk)-\S+ [A-Za-z0-9+/]+=*( .*)?", str(entry["key"]).strip()):
        raise invalid_fields(key=["is invalid"])


def _require_address(entry: Entry) -> None:
    if not re.fullmatch(r"[^@\s]+@[^@\s]+", str(entry["email"])):
        raise invalid_fields(email=["is invalid"])


def _confirmed(call: Call, entry: Entry) -> Entry:
    """Whoever skips the confirmation has it at once; nobody else gets one."""
    skipped = call.params.flag("skip_confirmation") and call.user.admin
    entry["confirmed_at"] = entry["created_at"] if skipped else None
    return {"confirmed_at": entry["confirmed_at"]}


def _slug(entry: Entry) -> Entry:
    """The name as it can stand in an address."""
    return {"slug": re.sub(r"[^a-z0-9]+", "-", str(entry["name"]).lower()).strip("-")[:24]}


SORTS = (
    Sort(
        name="keys",
        page="https://docs.gitlab.com/api/user_keys/",
        required=("title", "key"),
        fields={"title": "", "key": "", "usage_type": "auth_and_signing", "expires_at": None},
        unique="key",
        fixed=True,
        public=True,
        choices={"usage_type": ("auth", "signing", "auth_and_signing")},
        days=("expires_at",),
        check=_require_ssh_key,
        owners=("users",),
        shown={"last_used_at": None},
        signed=True,
        named=True,
        number="key_id",
    ),
    Sort(
        name="gpg_keys",
        revocable=True,
        number="key_id",
        page="https://docs.gitlab.com/api/user_keys/",
        required=("key",),
        fields={"key": ""},
        unique="key",
        fixed=True,
        public=True,
        owners=("users",),
    ),
    Sort(
        name="emails",
        page="https://docs.gitlab.com/api/user_email_addresses/",
        required=("email",),
        fields={"email": ""},
        unique="email",
        fixed=True,
        once=_confirmed,
        check=_require_address,
        number="email_id",
        shared=True,
        owners=("users",),
    ),
    Sort(
        name="deploy_tokens",
        page="https://docs.gitlab.com/api/deploy_tokens/",
        required=("name", "scopes"),
        fields={"name": "", "username": "", "expires_at": None, "scopes": []},
        once=_token,
        derived=_deployer,
        check=_require_scopes,
        undated=True,
        shown={"revoked": False, "expired": False},
    ),
    Sort(
        name="deploy_keys",
        page="https://docs.gitlab.com/api/deploy_keys/",
        required=("title", "key"),
        fields={"title": "", "key": "", "can_push": False, "expires_at": None},
        check=_require_ssh_key,
        owners=("projects", ""),
    ),
    Sort(
        name="environments",
        page="https://docs.gitlab.com/api/environments/",
        required=("name",),
        fields={
            "name": "",
            "description": None,
            "external_url": None,
            "tier": "other",
            "auto_stop_setting": "always",
        },
        unique="name",
        derived=_slug,
        removable="stopped",
        public=True,
        owners=("projects",),
        shown={"state": "available", "auto_stop_at": None, "last_deployment": None},
    ),
    Sort(
        name="remote_mirrors",
        page="https://docs.gitlab.com/api/remote_mirrors/",
        required=("url",),
        fields={
            "url": "",
            "enabled": False,
            "auth_method": "password",
            "keep_divergent_refs": False,
            "only_protected_branches": False,
        },
        owners=("projects",),
        shown={
            "update_status": "none",
            "last_error": None,
            "last_update_at": None,
            "last_update_started_at": None,
            "last_successful_update_at": None,
            "host_keys": [],
        },
    ),
    Sort(
        name="hooks",
        page="https://docs.gitlab.com/api/system_hooks/",
        required=("url",),
        fields={
            "url": "",
            "name": "",
            "description": "",
            "push_events": False,
            "tag_push_events": False,
            "merge_requests_events": False,
            "repository_update_events": True,
            "enable_ssl_verification": True,
        },
        owners=("",),
    ),
    Sort(
        name="broadcast_messages",
        page="https://docs.gitlab.com/api/broadcast_messages/",
        required=("message",),
        fields={
            "message": "",
            "starts_at": None,
            "ends_at": None,
            "color": "",
            "font": "",
            "broadcast_type": "banner",
            "dismissable": False,
        },
        public=True,
        owners=("",),
        shown={"active": True},
    ),
)
