"""Names of the configuration as ids of GitLab."""

import pytest

from bot.domain.errors import TransientError
from bot.domain.observed import Person
from tests.gitlab.world import World, hide, show


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
    """The others work; who runs the bot must know which line of which file to correct."""
    projects = {**world.seeded.plan.configuration().projects, "factory": at}
    directory = world.access(projects=projects).directory
    installation = directory.installation()
    assert (installation.hidden, installation.lacks()) == (("factory",), True)
    assert sorted(installation.projects) == ["office", "press"]
    with pytest.raises(TransientError, match=r"`projects` of launchbot\.yml: factory; correct"):
        directory.check()


def test_projects_are_found_by_id_and_in_subgroups(world: World) -> None:
    """A path may have any depth."""
    admin = world.seeded.admin
    group = admin.list("/groups", search="team")[0]["id"]
    below = admin.post("/groups", {"name": "Deep", "path": "deep", "parent_id": group})["id"]
    deep = admin.post("/projects", {"name": "Lab", "namespace_id": below})
    bot = {"user_id": world.user("launchbot"), "access_level": 20}
    admin.post(f"/projects/{deep['id']}/members", bot)
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
    assert directory.refresh(world.now).unknown == ()
    assert directory.installation().unknown == ()


def test_project_that_disappears_leaves_the_rest_as_it_was(world: World) -> None:
    """The phases there are unseen; launches elsewhere go on."""
    directory = world.access().directory
    before = directory.installation()
    hide(world, "factory")
    after = directory.refresh(world.now)
    assert after.projects == before.projects
    assert (after.people, after.hidden) == (before.people, ("factory",))


def test_project_that_was_never_shown_has_no_id(world: World) -> None:
    """A new bot does not know what it stood for."""
    hide(world, "factory")
    installation = world.access().directory.refresh(world.now)
    assert installation.hidden == ("factory",)
    assert "factory" not in installation.projects


def test_whole_installation_is_looked_up_hourly(world: World) -> None:
    """Names rarely move; between the hours a refresh asks nothing."""
    directory = world.access().directory
    directory.refresh(world.now)
    for minutes, calls in ((0, 0), (59, 0), (1, 6), (59, 0)):
        world.wait(minutes=minutes)
        world.forget_calls()
        directory.refresh(world.now)
        assert len(world.asked()) == calls


def test_what_is_missing_is_looked_up_at_every_refresh(world: World) -> None:
    """Access that returns is noticed within one resync."""
    hide(world, "factory")
    directory = world.access().directory
    assert directory.refresh(world.now).hidden == ("factory",)
    show(world, "factory")
    assert not directory.refresh(world.now).lacks()


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
        with pytest.raises(TransientError, match=r"does not let the bot in at .* blocked"):
            call()
