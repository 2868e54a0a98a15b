"""Names of the configuration as ids of GitLab."""

import pytest

from bot.domain.errors import PermanentError, TransientError
from bot.domain.observed import Person
from tests.gitlab.world import World, hide


def test_projects_and_people_have_ids(world: World) -> None:
    """What the configuration names is found, in its order."""
    installation = world.access().directory.installation()
    assert installation.projects == world.seeded.projects
    assert installation.people["makers"] == (Person(world.user("bob"), "bob"),)
    assert installation.unknown == ()


def test_unknown_people_are_left_out_and_named(world: World) -> None:
    """One wrong name does not stop a launch; the overview tells of it."""
    roles = {"sales": ["nobody-here", "alice"], "makers": ["nobody-here"], "writers": ["carol"]}
    installation = world.access(roles=roles).directory.installation()
    assert [person.username for person in installation.people["sales"]] == ["alice"]
    assert installation.people["makers"] == ()
    assert installation.unknown == ("nobody-here",)


@pytest.mark.parametrize("at", ["team/gone", 4711])
def test_project_that_is_not_shown_is_named_with_its_key(world: World, at: str | int) -> None:
    """Who reads it must know which line of which file to correct."""
    projects = {**world.seeded.plan.configuration().projects, "factory": at}
    with pytest.raises(PermanentError, match=rf"{at!r} \(`projects: factory` in the conf"):
        world.access(projects=projects).directory.installation()


def test_projects_are_found_by_id_and_in_subgroups(world: World) -> None:
    """A path may have any depth."""
    admin = world.seeded.admin
    group = admin.list("/groups", search="team")[0]["id"]
    below = admin.post("/groups", {"name": "Deep", "path": "deep", "parent_id": group})["id"]
    deep = admin.post("/projects", {"name": "Lab", "namespace_id": below, "visibility": "internal"})
    projects = {"office": world.project("office"), "lab": "team/deep/lab"}
    installation = world.access(projects=projects).directory.installation()
    assert installation.projects == {"office": world.project("office"), "lab": deep["id"]}


def test_user_name_may_be_written_in_any_case(world: World) -> None:
    """GitLab finds users so, and we write their names as GitLab does."""
    roles = {"sales": ["Alice"], "makers": ["bob"], "writers": ["carol"]}
    installation = world.access(roles=roles).directory.installation()
    assert installation.people["sales"] == (Person(world.user("alice"), "alice"),)


def test_names_are_looked_up_once_until_they_are_refreshed(world: World) -> None:
    """Somebody who joins later is known after the next resync."""
    roles = {"sales": ["dora"], "makers": ["bob"], "writers": ["carol"]}
    directory = world.access(roles=roles).directory
    assert directory.installation().unknown == ("dora",)
    world.forget_calls()
    assert directory.installation().unknown == ("dora",)
    assert world.asked() == []
    body = {"username": "dora", "name": "D", "email": "d@x.test", "password": "invented-0815"}
    world.seeded.admin.post("/users", body)
    assert directory.refresh().unknown == ()
    assert directory.installation().unknown == ()


def test_project_that_disappears_leaves_the_rest_as_it_was(world: World) -> None:
    """The phases there are unseen; launches elsewhere go on."""
    directory = world.access().directory
    before = directory.installation()
    hide(world, "factory")
    assert directory.refresh() == before
    with pytest.raises(PermanentError, match="factory"):
        world.access().directory.refresh()


def test_bot_is_its_present_and_its_former_users(world: World) -> None:
    """A replaced token is a new user; what the old one made stays ours."""
    bot = world.user("launchbot")
    assert world.access().directory.bot_users() == (bot,)
    assert world.access(bot_users=[7, bot]).directory.bot_users() == (bot, 7)


def test_bot_that_gitlab_does_not_let_in_comes_back_later(world: World) -> None:
    """A blocked user or address answers 403 to everything; that says nothing of launches."""
    directory = world.access().directory
    directory.check()
    body = {"message": "403 Forbidden - Your account has been blocked."}
    world.sim.faults.add(kind="status", status=403, body=body, times=None)
    for call in (directory.check, directory.bot_users):
        with pytest.raises(TransientError, match=r"does not let the bot in: .* blocked"):
            call()
