"""What happens to those whom a text names: to-dos, participation, cross-references.

https://docs.gitlab.com/user/discussions/#mentions
"""

from bot.simulator import system_notes
from bot.simulator.model import Issuable, Issue, Namespace, Note, Project, Todo, User
from bot.simulator.permissions import can_see, can_see_note
from bot.simulator.present_issues import web_url
from bot.simulator.simulator import Simulator
from bot.simulator.text import mentions, references


def text_written(
    sim: Simulator,
    actor: User,
    item: Issuable,
    new: str | None,
    *,
    old: str | None = None,
    note: Note | None = None,
) -> None:
    """React to what a new text names and the old did not."""
    before = set(mentions(old))
    for name in mentions(new):
        if name not in before:
            _mention(sim, actor, item, name, note=note, body=new or "")
    _cross_references(sim, actor, item, new, note)


def add_todo(
    sim: Simulator,
    user: User,
    author: User,
    item: Issuable,
    action: str,
    *,
    body: str = "",
    note: Note | None = None,
) -> Todo:
    """Give a user a to-do item."""
    now = sim.clock.now()
    anchor = f"#note_{note.id}" if note else ""
    todo = Todo(
        id=sim.state.next_id("todo"),
        user=user,
        author=author,
        target=item,
        action=action,
        body=body or item.title,
        created_at=now,
        updated_at=now,
        url=f"{web_url(sim, item)}{anchor}",
    )
    user.todos.append(todo)
    return todo


def resolve_todos(sim: Simulator, user: User, item: Issuable) -> None:
    """Whoever acts on a thing has done the pending to-dos about it."""
    for todo in user.todos:
        if todo.target is item and todo.state == "pending":
            todo.state = "done"
            todo.updated_at = sim.clock.now()


def named_users(sim: Simulator, name: str) -> list[User]:
    """The user of this name, or all members of the group of this path."""
    user = sim.state.user_named(name)
    if user:
        return [user]
    group = sim.state.holder_at(name)
    if not isinstance(group, Namespace):
        return []
    return [member.user for place in group.lineage() for member in place.members.values()]


def _mention(
    sim: Simulator, actor: User, item: Issuable, name: str, *, note: Note | None, body: str
) -> None:
    for user in named_users(sim, name):
        if not can_see(sim, user, item) or (note and not can_see_note(sim, user, note)):
            continue
        item.participants[user.id] = user
        if user is not actor:
            direct = body.lstrip().lower().startswith(f"@{name}")
            kind = "directly_addressed" if direct else "mentioned"
            add_todo(sim, user, actor, item, kind, body=body, note=note)


def _cross_references(
    sim: Simulator, actor: User, item: Issuable, text: str | None, note: Note | None
) -> None:
    if note and note.internal:
        return
    for path, sign, number in references(text, sim.url):
        target = find_reference(sim, item, path, sign, number)
        if target and target is not item and can_see(sim, actor, target):
            system_notes.mentioned(sim, target, actor, item)


def find_reference(
    sim: Simulator, item: Issuable, path: str | None, sign: str, number: int
) -> Issuable | None:
    """The issue or merge request that a reference in the text of `item` names."""
    return find_in(sim, item.project, path, sign, number)


def find_in(
    sim: Simulator, project: Project, path: str | None, sign: str, number: int
) -> Issuable | None:
    """The issue or merge request that a reference in a text of the project names."""
    if path:
        sibling = f"{project.namespace.full_path}/{path}"
        found = sim.state.project_at(path) or sim.state.project_at(sibling)
        if found is None:
            return None
        project = found
    things: Issue | Issuable | None = (
        project.issues.get(number) if sign == "#" else project.merge_requests.get(number)
    )
    return things
