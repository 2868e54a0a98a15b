"""Commands on what a launch is about: `set` and `docs`."""

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


def test_what_tells_launches_apart_stays() -> None:
    """Another partner is another launch."""
    world = _asking()
    assert tell(world, ALICE, "set partner=Other") == snapshot("""\
refused
`partner` cannot change any more, because it tells launches apart. `/launch cancel because
...` ends this launch, and then the request starts another one.\
""")
    assert world.record().inputs["partner"] == "Acme"


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
