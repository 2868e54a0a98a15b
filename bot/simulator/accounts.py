"""Making users, tokens, groups and projects: what is the same for every way to ask for them."""

import secrets
from datetime import date, datetime

from bot.simulator.model import Holder, Level, Member, Namespace, Project, Token, User
from bot.simulator.state import State
from bot.simulator.text import iso

_SCOPES = """
api read_user read_api read_repository write_repository read_registry write_registry
read_virtual_registry write_virtual_registry create_runner manage_runner ai_features
k8s_proxy self_rotate read_service_ping sudo admin_mode
"""
API_SCOPES = frozenset(_SCOPES.split())


def new_user(state: State, now: datetime, username: str, name: str, email: str) -> User:
    """An active user with a personal namespace."""
    user = User(id=state.next_id("user"), username=username, name=name, email=email, created_at=now)
    user.namespace = Namespace(
        id=state.next_id("namespace"), name=name, path=username, created_at=now, owner=user
    )
    state.add_user(user)
    state.add_holder(user.namespace)
    keep_address(state, now, user)
    return user


def keep_address(state: State, now: datetime, user: User) -> None:
    """The main address is one of those that a user has, and confirmed."""
    shelf = state.kept.shelf("users", user.id, "emails")
    known = [entry for entry in shelf.values() if entry["email"] == user.email]
    if not known:
        number = state.next_id("emails")
        known = [{"id": number, "created_at": iso(now), "email": user.email}]
        shelf[str(number)] = known[0]
    known[0]["confirmed_at"] = iso(now)


def new_token(
    state: State,
    now: datetime,
    user: User,
    *,
    name: str,
    scopes: tuple[str, ...],
    expires_at: date | None = None,
    value: str = "",
) -> Token:
    """An access token of the user; without `value` it gets a random one."""
    number = state.next_id("token")
    token = Token(
        id=number,
        family=number,
        value=value or f"glpat-{secrets.token_urlsafe(15)}",
        user=user,
        name=name,
        scopes=scopes,
        created_at=now,
        expires_at=expires_at,
    )
    state.add_token(token)
    return token


def new_group(
    state: State, now: datetime, owner: User, *, name: str, path: str, parent: Namespace | None
) -> Namespace:
    """A group; who makes a top-level group becomes its Owner, as does a subgroup's maker."""
    group = Namespace(
        id=state.next_id("namespace"), name=name, path=path, created_at=now, parent=parent
    )
    state.add_holder(group)
    add_member(now, group, owner, Level.OWNER)
    return group


def new_project(
    state: State, now: datetime, creator: User, *, name: str, path: str, namespace: Namespace
) -> Project:
    """A project; in a personal namespace its owner becomes Owner."""
    project = Project(
        id=state.next_id("project"),
        name=name,
        path=path,
        created_at=now,
        updated_at=now,
        namespace=namespace,
        creator=creator,
        features={"pages": "private", "security_and_compliance": "private"},
    )
    state.add_holder(project)
    if namespace.owner:
        add_member(now, project, namespace.owner, Level.OWNER, by=creator)
    return project


def add_member(
    now: datetime,
    holder: Holder,
    user: User,
    access_level: int,
    *,
    by: User | None = None,
    expires_at: date | None = None,
) -> Member:
    """Make the user a direct member, or change the level."""
    member = Member(
        user=user,
        access_level=access_level,
        created_at=now,
        created_by=by,
        expires_at=expires_at,
    )
    holder.members[user.id] = member
    return member
