"""What happened in a project besides issues and merge requests: pushes, members, its beginning.

https://docs.gitlab.com/api/events/
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from bot.simulator import present, repository
from bot.simulator.model import Project, User
from bot.simulator.model_code import Push
from bot.simulator.permissions import can_read_code
from bot.simulator.routing import Call
from bot.simulator.text import iso

Entry = dict[str, Any]
_MANY = 1_000_000


def of_project(call: Call, project: Project) -> Iterator[tuple[datetime, Entry]]:
    """Its beginning, who joined, and for those who read the code what was pushed.

    The number of an event ends in a digit that no other kind of event has.
    """
    begun = project.created_at
    yield begun, entry(call, project, project.creator, "created", begun, number=project.id * 10 + 7)
    for member in project.members.values():
        number = (project.id * _MANY + member.user.id) * 10 + 6
        when = member.created_at
        yield when, entry(call, project, member.user, "joined", when, number=number)
    if can_read_code(call.sim, call.caller, project):
        for push in project.pushes:
            yield push.created_at, _of_push(call, project, push)


def _of_push(call: Call, project: Project, push: Push) -> Entry:
    known = (push.before is not None, push.after is not None)
    name, word = {
        (False, True): ("pushed new", "created"),
        (True, True): ("pushed to", "pushed"),
        (True, False): ("deleted", "removed"),
    }[known]
    number, when = push.id * 10 + 5, push.created_at
    title = repository.title(push.after) if push.after else None
    return entry(call, project, push.user, name, when, number=number) | {
        "push_data": {
            "commit_count": push.count,
            "action": word,
            "ref_type": push.kind,
            "commit_from": push.before.id if push.before else None,
            "commit_to": push.after.id if push.after else None,
            "ref": push.ref,
            "commit_title": title,
            "ref_count": None,
        }
    }


def entry(
    call: Call, project: Project, author: User, name: str, moment: datetime, *, number: int
) -> Entry:
    """An event without a target."""
    return {
        "id": number,
        "title": None,
        "project_id": project.id,
        "action_name": name,
        "target_id": None,
        "target_iid": None,
        "target_type": None,
        "author_id": author.id,
        "target_title": None,
        "created_at": iso(moment),
        "author": present.user_basic(call.sim, author),
        "author_username": author.username,
        "imported": False,
        "imported_from": "none",
    }
