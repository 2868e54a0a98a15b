"""Changing what groups and projects can be told: each setting in its type, or 400.

https://docs.gitlab.com/api/projects/#update-a-project and
https://docs.gitlab.com/api/groups/#update-group-attributes
What there is to set, and its defaults, stands in `settings`.
"""

from typing import Any

from bot.simulator.errors import invalid, invalid_fields
from bot.simulator.model import Holder, Namespace, Project
from bot.simulator.params import Params
from bot.simulator.routing import Call
from bot.simulator.settings import (
    ACCESS_LEVELS,
    BRANCH_PROTECTIONS,
    CHOICES,
    EXPIRATION_CHOICES,
    EXPIRATION_POLICY,
    GROUP_SETTINGS,
    NUMBERS,
    OLD_FEATURE_NAMES,
    OPPOSITES,
    OTHER_NAMES,
    PREMIUM_GROUP_SETTINGS,
    PREMIUM_PROJECT_SETTINGS,
    PROJECT_SETTINGS,
    SWITCHES,
)

_GRANTED = {0, 30, 40}
_ADMINISTRATORS_ONLY = ("max_artifacts_size", "repository_storage")


def apply_to_project(call: Call, project: Project) -> None:
    """Keep the settings of a project that were sent, but for those of administrators only."""
    _check_own_target(call.params, project)
    for feature in ACCESS_LEVELS:
        _apply_feature(call.params, project, feature)
    known = PROJECT_SETTINGS | (PREMIUM_PROJECT_SETTINGS if call.sim.premium else {})
    kept = dict(project.settings)
    _apply(call.params, project, known)
    fixed = ("repository_object_format",) if call.method == "PUT" else ()
    for name in fixed if call.user.admin else (*fixed, *_ADMINISTRATORS_ONLY):
        project.settings[name] = kept.get(name, known[name])
    if call.params.has("import_url"):
        project.settings["import_url"] = call.params.text("import_url") or None
    if call.params.has("container_expiration_policy_attributes"):
        _apply_expiration(call.params, project)


def _check_own_target(params: Params, project: Project) -> None:
    """Only a fork can have merge requests go to itself by default."""
    wanted = params.flag("mr_default_target_self")
    if wanted and not project.forked_from:
        raise invalid_fields(
            mr_default_target_self=["This setting is allowed for forked projects only"]
        )
    if wanted is not None:
        project.settings["mr_default_target_self"] = wanted


def apply_to_group(call: Call, group: Namespace) -> None:
    """Keep the settings of a group that were sent."""
    known = GROUP_SETTINGS | (PREMIUM_GROUP_SETTINGS if call.sim.premium else {})
    kept = dict(group.settings)
    _apply(call.params, group, known)
    if not call.user.admin:
        for name in _ADMINISTRATORS_ONLY:
            group.settings[name] = kept.get(name, known[name])
    if call.params.has("default_branch"):
        group.settings["default_branch"] = call.params.text("default_branch") or None
    if call.params.has("default_branch_protection"):
        level = group.settings["default_branch_protection"] or 0
        group.settings["default_branch_protection_defaults"] = BRANCH_PROTECTIONS[level]
    if call.params.has("default_branch_protection_defaults"):
        _apply_protection(call.params, group)


def _apply(params: Params, place: Holder, known: dict[str, Any]) -> None:
    for old, name in OTHER_NAMES.items():
        if name in known and params.has(old):
            place.settings[name] = params.flag(old)
    for name, default in known.items():
        if params.has(name):
            place.settings[name] = _value(params, name, default)
            if name in OPPOSITES:
                place.settings[OPPOSITES[name]] = not place.settings[name]


def _value(params: Params, name: str, default: Any) -> Any:
    """What was sent of a setting, as the type of its default."""
    if name in CHOICES:
        params.choice(name, CHOICES[name])
    if isinstance(default, list):
        return params.words(name)
    if isinstance(default, bool) or name in SWITCHES:
        return params.flag(name)
    if isinstance(default, int) or name in NUMBERS:
        return params.integer(name)
    return params.text(name)


def _apply_feature(params: Params, project: Project, feature: str) -> None:
    """Both spellings: `issues_enabled` and `issues_access_level`."""
    enabled = params.flag(f"{OLD_FEATURE_NAMES.get(feature, feature)}_enabled")
    if enabled is not None:
        project.features[feature] = "enabled" if enabled else "disabled"
    name = f"{feature}_access_level"
    access = params.choice(name, CHOICES[name])
    if access:
        project.features[feature] = access


def _apply_expiration(params: Params, project: Project) -> None:
    attributes = "container_expiration_policy_attributes"
    sent = _hash(params, attributes)
    if sent.has("keep_n") and not str(sent.values["keep_n"]).isdecimal():
        raise invalid(f"{attributes}[keep_n] is invalid")
    kept = dict(project.settings.get("container_expiration_policy", EXPIRATION_POLICY))
    for name, default in EXPIRATION_POLICY.items():
        if sent.has(name):
            sent.choice(name, EXPIRATION_CHOICES.get(name, (sent.text(name) or "",)))
            kept[name] = _value(sent, name, default)
    project.settings["container_expiration_policy"] = kept


def _apply_protection(params: Params, group: Namespace) -> None:
    name = "default_branch_protection_defaults"
    sent, kept = _hash(params, name), dict[str, Any]()
    for flag in ("allow_force_push", "developer_can_initial_push", "code_owner_approval_required"):
        if sent.has(flag):
            kept[flag] = sent.flag(flag)
    for grant in ("allowed_to_push", "allowed_to_merge"):
        if sent.has(grant):
            kept[grant] = _grants(sent.values[grant], f"{name}[{grant}]")
    group.settings[name] = kept


def _grants(sent: Any, name: str) -> list[dict[str, int]]:
    """A list of access levels, of nobody, Developers and Maintainers only."""
    if not isinstance(sent, list) or not all(isinstance(entry, dict) for entry in sent):
        raise invalid(f"{name} is invalid")
    levels = [Params(entry).required_integer("access_level") for entry in sent]
    if not set(levels) <= _GRANTED:
        raise invalid_fields(default_branch_protection_defaults=["must be a valid json schema"])
    return [{"access_level": level} for level in levels]


def _hash(params: Params, name: str) -> Params:
    if not isinstance(params.values[name], dict):
        raise invalid(f"{name} is invalid")
    return params.sub(name)
