"""Commands on what a launch is about: `set` and `docs`."""

from dataclasses import replace

from inline_snapshot import snapshot

from bot.domain.record import Place
from tests.domain.steering.launches import changed, running, tell
from tests.domain.world import ALICE, World, definition

MORE = {
    "cloud": {"title": "Cloud", "example": "one", "choices": ["one", "two"]},
    "contact": {"title": "Contact", "example": "Ada", "required": False},
    "version": {"title": "Version", "example": "1.2", "type": "version", "default": "1.0"},
}


def _asking() -> World:
    text = "partner: Acme\nlaunch_date: 2026-06-01\ncloud: one\ncontact: Ada\n"
    inputs = {**definition()["inputs"], **MORE}
    return World(changed(inputs=inputs)).request(text).settle()


def test_set_changes_what_the_launch_is_about() -> None:
    """What was understood is echoed."""
    world = _asking()
    assert tell(world, ALICE, 'set cloud=two contact="Grace Hopper"') == snapshot("""\
done
**Cloud** is `two`, **Contact** is `Grace Hopper`.\
""")
    assert world.record().inputs["cloud"] == "two"
    assert world.record().inputs["contact"] == "Grace Hopper"
    assert world.record().deeds["set"].by == "alice"


def test_set_empties_what_is_not_required() -> None:
    """Nothing between the quotes is nothing."""
    world = _asking()
    assert tell(world, ALICE, 'set contact=""') == snapshot("""\
done
**Contact** is empty.\
""")
    assert not world.record().inputs["contact"]


def test_set_refuses_what_a_request_may_not_say() -> None:
    """One rule for both; nothing of it is set."""
    world = _asking()
    assert tell(world, ALICE, "set cloud=three version=new contact=Eve") == snapshot("""\
refused
**Cloud** is none of one, two. **Version** is not a version such as 1.2 or 1.2.3-ee.0.\
""")
    assert world.record().inputs["cloud"] == "one"
    assert world.record().inputs["contact"] == "Ada"


def test_what_tells_launches_apart_changes_unless_another_runs_for_the_same() -> None:
    """A partner whose name was misspelled; titles are people's."""
    world = _asking()
    world.rival = replace(world.issues["root"], url="https://gitlab.test/rival")
    assert tell(world, ALICE, "set partner=Other") == snapshot("""\
refused
That is for [a launch that is running](https://gitlab.test/rival) already, and there is one at
a time for the same.\
""")
    assert tell(world, ALICE, "set partner=Acme") == "done\n**Partner** is `Acme`."
    world.rival = replace(world.rival, confidential=True)
    assert "a confidential launch" in tell(world, ALICE, "set partner=Other")
    assert world.record().inputs["partner"] == "Acme"
    world.rival = None
    assert tell(world, ALICE, "set partner=Other") == snapshot("""\
done
**Partner** is `Other`. Titles and texts of the issues stay as they are; edit them where they
say otherwise.\
""")
    assert world.record().inputs["partner"] == "Other"
    assert world.issues["root"].title == "Small: Acme"


def test_what_tasks_follow_from_stays() -> None:
    """They were chosen when the launch began; so was what it supersedes."""
    tasks = definition()["phases"]["tell"]["tasks"]
    tasks[1]["when"] = 'cloud == "one" or partner != "Acme"'
    phases = {**definition()["phases"], "tell": {**definition()["phases"]["tell"], "tasks": tasks}}
    inputs = {**definition()["inputs"], **MORE}
    world = World(changed(inputs=inputs, phases=phases, supersedes="version"))
    world.request("partner: Acme\nlaunch_date: 2026-06-01\ncloud: one\n").settle()
    assert tell(world, ALICE, "set cloud=two contact=Eve version=2.0") == snapshot("""\
refused
`cloud` and `version` cannot change any more, because the tasks of this launch follow from
them. `/launch cancel because ...` ends this launch, and then the request starts another one.\
""")
    assert world.record().inputs["cloud"] == "one"
    assert "contact" not in world.record().inputs


def test_docs_links_a_merge_request_once() -> None:
    """It is remembered by its project and number."""
    world = running()
    world.requests[""] = Place(id=5, project=7, iid=12)
    world.requests["group/docs"] = Place(id=6, project=8, iid=13)
    assert tell(world, ALICE, "docs !12", "docs group/docs!13") == "done"
    assert tell(world, ALICE, "docs !12") == "done"
    assert [*world.record().docs] == ["7:12", "8:13"]


def test_docs_says_when_there_is_no_such_merge_request() -> None:
    """Or none that the bot may see."""
    world = running()
    assert tell(world, ALICE, "docs group/docs!9") == snapshot("""\
refused
GitLab shows me no merge request `group/docs!9`.\
""")
    assert not world.record().docs
