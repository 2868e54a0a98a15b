"""Where a token can go: https://docs.gitlab.com/api/personal_access_tokens/."""

from typing import Any

from bot.simulator import present
from bot.simulator.api.project_lists import LEVELS
from bot.simulator.errors import unauthorized
from bot.simulator.model import Namespace, Project
from bot.simulator.paging import paged
from bot.simulator.permissions import member_level
from bot.simulator.routing import Answer, Call, Route
from bot.simulator.text import iso


def associations(call: Call) -> Answer:
    """The groups and projects of which the user of the token is a member, a page of each."""
    if call.token is None:
        raise unauthorized()
    needed = max(1, int(call.params.choice("min_access_level", LEVELS) or 0))
    sim, user = call.sim, call.user
    groups = [space for space in sim.state.namespaces.values() if space.owner is None]
    found = [g for g in groups if member_level(sim, user, g) >= needed]
    projects = [p for p in sim.state.projects.values() if member_level(sim, user, p) >= needed]
    shown = {
        "groups": paged(call, found, lambda g: _group(call, g)).body,
        "projects": paged(call, projects, lambda p: _project(call, p)).body,
    }
    longer = found if len(found) > len(projects) else projects
    headers = paged(call, longer, lambda _: None).headers
    return Answer(shown, headers=headers)


def _group(call: Call, group: Namespace) -> dict[str, Any]:
    return {
        "id": group.id,
        "web_url": present.holder_url(call.sim, group),
        "name": group.name,
        "parent_id": group.parent.id if group.parent else None,
        "organization_id": 1,
        "access_levels": member_level(call.sim, call.user, group),
        "visibility": group.visibility,
    }


def _project(call: Call, project: Project) -> dict[str, Any]:
    direct = project.members.get(call.user.id)
    above = member_level(call.sim, call.user, project.namespace)
    return {
        "id": project.id,
        "description": project.description,
        "name": project.name,
        "name_with_namespace": project.full_name,
        "path": project.path,
        "path_with_namespace": project.full_path,
        "created_at": iso(project.created_at),
        "access_levels": {
            "project_access_level": direct.access_level if direct else None,
            "group_access_level": above or None,
        },
        "visibility": project.visibility,
        "web_url": present.holder_url(call.sim, project),
        "namespace": present.namespace(call.sim, project.namespace),
    }


ROUTES = (Route("GET", "/personal_access_tokens/self/associations", associations),)
