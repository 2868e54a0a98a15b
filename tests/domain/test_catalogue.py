"""What is offered where decides whether a request has anything to do."""

from typing import Any

import pytest

from bot.domain import catalogue
from bot.domain.actions import PostNote
from bot.domain.catalogue import Image, refusal
from bot.domain.documents import parse
from bot.domain.process import Process
from bot.domain.validation import check_configuration, check_process
from tests.domain.definitions import CONFIGURATION, TEXTS, party
from tests.domain.world import World, definition

CATALOGUE = {"provider": "partner", "version": "version"}


def process(**more: Any) -> Process:
    """The small process, of which each launch is about a version at a partner."""
    raw = definition()
    raw["inputs"]["version"] = {"title": "Version", "example": "1.2", "type": "version"}
    return Process.model_validate({**raw, "catalogue": CATALOGUE, **more})


def image(provider: str, kind: str = "image", live: str | None = None) -> Image:
    """An entry of `images.yml`."""
    value = {"provider": provider, "kind": kind, "editions": ["ce"], "owner": "sales"}
    return Image.model_validate({**value, "live": live})


@pytest.mark.parametrize(
    ("images", "words"),
    [
        pytest.param([], None, id="nothing is known"),
        pytest.param([image("acme cloud")], None, id="image"),
        pytest.param([image("ACME-Cloud", live="1.1.9")], None, id="older image"),
        pytest.param([image("Acme Cloud", "package")], "a package was uploaded", id="package"),
        pytest.param([image("Acme Cloud", "package"), image("Acme Cloud")], None, id="both"),
        pytest.param([image("Bolt")], "has nothing there", id="another provider"),
        pytest.param([image("Acme Cloud", live="1.2.0")], "or a newer one is live", id="live"),
        pytest.param([image("Acme Cloud", live="1.3")], "or a newer one is live", id="newer"),
        pytest.param(
            [image("Acme Cloud", live="1.3"), image("Acme Cloud", live="1.1")], None, id="one older"
        ),
    ],
)
def test_request_is_refused_with_the_reason(images: list[Image], words: str | None) -> None:
    """Where nothing is to be done; a provider is named loosely."""
    why = refusal(process(), images, {"partner": "Acme Cloud", "version": "1.2"})
    assert why == words or (words is not None and words in (why or ""))


def test_version_matters_only_where_the_process_says_so() -> None:
    """A process may ask for the provider alone, or for nothing."""
    given = {"partner": "Acme", "version": "1.2"}
    live = [image("Acme", live="1.3")]
    assert refusal(process(catalogue={"provider": "partner"}), live, given) is None
    assert refusal(process(catalogue=None), [image("Acme", "package")], given) is None


TEXT = "partner: Acme\nlaunch_date: 2026-06-01\nversion: 1.2\n"


def owned(provider: str, owner: str, **more: Any) -> Image:
    """An entry with an owner of its own."""
    value = {"provider": provider, "kind": "image", "editions": ["ce"], "owner": owner, **more}
    return Image.model_validate(value)


def assignees(world: World) -> dict[str, str]:
    """Who is assigned to what the bot opened."""
    issues = {part: issue for part, issue in world.issues.items() if part != "request"}
    return {part: issue.assignees[0].username for part, issue in issues.items()}


def test_owner_of_the_entry_leads_the_launch() -> None:
    """In place of the role of the root issue, wherever that stands; the others keep theirs."""
    world = World(process(), images=(owned("Acme", "writers"),)).request(TEXT)
    world.apply(world.plan().actions)
    world.process = Process.model_validate_json(world.definition or "")
    world.settle()
    assert assignees(world) == {"root": "carol", "scope": "carol", "build": "bob", "tell": "carol"}
    world.images = (owned("Acme", "makers"),)
    assert assignees(world.settle())["scope"] == "carol"
    assert "(Writers) with [Scope]" in _note(world)


def test_task_of_the_leading_role_goes_to_the_owner_too() -> None:
    """Also where it stands in the phase of another role."""
    raw = process().model_dump(exclude_defaults=True)
    raw["phases"]["tell"]["tasks"][0]["role"] = "sales"
    raw["phases"]["tell"]["tasks"][1]["role"] = "makers"
    led = catalogue.owned(
        Process.model_validate(raw), [owned("Acme", "writers")], {"partner": "Acme"}
    )
    assert [task.role for task in led.phases["tell"].tasks] == ["writers", "makers"]


@pytest.mark.parametrize(
    "entry",
    [
        owned("Acme", "sales"),
        owned("Acme", "nobody"),
        owned("Bolt", "writers"),
        owned("Acme", "writers", kind="package"),
    ],
    ids=["the same", "unknown", "another provider", "package"],
)
def test_process_is_led_as_it_says_otherwise(entry: Image) -> None:
    """A role that the process does not know leads nothing; `check` tells of it."""
    assert catalogue.owned(process(), [entry], {"partner": "Acme"}) == process()


def _note(world: World) -> str:
    return world.status.text if world.status else ""


def test_status_note_says_what_is_live() -> None:
    """Until the launch is over; then somebody is told to write it down."""
    world = World(process(), images=(owned("Acme", "sales", live="1.1"),)).request(TEXT).settle()
    assert "**Live now:** `1.1` \N{RIGHTWARDS ARROW} `1.2`, in ce\n" in _note(world)
    for part in ("scope", "tell", "build"):
        world.finish(part).settle()
    world.edit("root", closed=True).settle()
    assert "Live now" not in _note(world)
    (text,) = [note.text for (_, key), note in world.notes.items() if key.startswith("live")]
    assert '`live: "1.2"` for `Acme` into `images.yml`' in text
    assert "@alice" in text


@pytest.mark.parametrize(
    ("lives", "expected"),
    [
        ([], None),
        ([None], "unknown"),
        (["1.1", None, "1.0"], "1.1 and 1.0"),
        (["1.2"], None),
    ],
)
def test_what_is_live_is_known_of_images(lives: list[str | None], expected: str | None) -> None:
    """Several may differ; where the version is there already, nothing is to be replaced."""
    images = [image("Acme", live=live) for live in lives]
    given = {"partner": "Acme", "version": "1.2"}
    assert catalogue.live(process(), images, given) == expected
    assert catalogue.live(process(catalogue={"provider": "partner"}), images, given) is None
    assert catalogue.live(process(catalogue=None), images, given) is None


def test_editions_are_those_of_the_images() -> None:
    """Each once; a package has none to update, and no launch without a provider has any."""
    entries = [("image", ("CE", "EE")), ("image", ("EE",)), ("package", ("FIPS",))]
    value = {"provider": "Acme", "owner": "sales"}
    images = [Image.model_validate({**value, "kind": k, "editions": e}) for k, e in entries]
    given = {"partner": "Acme", "version": "1.2"}
    assert catalogue.editions(process(), images, given) == ("CE", "EE")
    assert catalogue.editions(process(catalogue=None), images, given) == ()


def test_provider_without_an_entry_is_told() -> None:
    """Nothing would be opened for it, and nobody would know why; a package has one too."""
    place = {"title": "Place", "example": "Hall", "choices": ["Hall", "Garden"]}
    data = party(inputs__place=place, catalogue={"provider": "place"})
    text = f"{CONFIGURATION}images: [{{provider: hall, kind: image, editions: [a], owner: host}}]"
    (wrong, problem) = check_configuration(parse(text).value, {"party": data}, ["party"])
    assert wrong.check == "unknown-choice"
    assert (problem.check, problem.severity) == ("unlisted-provider", "warning")
    assert '"Garden"' in problem.message
    assert check_configuration(parse(CONFIGURATION).value, {"party": data}, ["party"]) == ()


def test_package_opens_nothing() -> None:
    """One comment gives the reason, and stays as it is."""
    world = World(process(), images=(image("Acme", "package"),))
    (note,) = world.request(TEXT).plan().actions
    assert isinstance(note, PostNote)
    assert (note.part, note.key) == ("request", "needless")
    assert "a package was uploaded there and not an image" in note.text
    world.settle()
    assert set(world.issues) == {"request"}
    assert not world.plan().actions
    world.images = (image("Acme"),)
    assert "root" in world.settle().issues


def test_provider_of_a_stranger_is_harmless() -> None:
    """What a request says is put in as one line without a mention."""
    world = World(process(), images=(image("Bolt"),))
    (note,) = world.request(TEXT.replace("Acme", "/close @all <b>")).plan().actions
    assert isinstance(note, PostNote)
    assert "at **\u2060/close @\u2060all &lt;b&gt;**, and I open nothing: `images.yml`" in note.text


def found(images: str) -> list[tuple[str, tuple[str | int, ...], str | None]]:
    """What is wrong with the images of an installation that runs the party."""
    place = {"title": "Place", "example": "Hall", "choices": ["Hall"]}
    data = party(inputs__place=place, catalogue={"provider": "place"})
    problems = check_configuration(
        parse(f"{CONFIGURATION}images: {images}").value, {"party": data}, ["party"]
    )
    return [(problem.check, problem.path, problem.nearest) for problem in problems]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ("", []),
        ("owner: hots", [("unknown-role", ("images", 0, "owner"), "host")]),
        (
            "provider: Hal",
            [
                ("unknown-choice", ("images", 0, "provider"), "Hall"),
                ("unlisted-provider", ("images",), None),
            ],
        ),
        ("kind: box", [("wrong-value", ("images", 0, "kind"), None)]),
        ("live: newest", [("wrong-value", ("images", 0, "live"), None)]),
        ("live: 1.2", [("wrong-type", ("images", 0, "live"), None)]),
        ("ownr: host", [("unknown-key", ("images", 0, "ownr"), "owner")]),
    ],
)
def test_mistake_in_an_entry_is_found(
    change: str, expected: list[tuple[str, tuple[str | int, ...], str | None]]
) -> None:
    """Roles and providers are those of the processes."""
    value = {"provider": "Hall", "kind": "image", "editions": "[ce]", "owner": "host"}
    key, _, new = change.partition(": ")
    changed = {**value, **({key: new} if key else {})}
    assert found(f"[{{{', '.join(f'{k}: {v}' for k, v in changed.items())}}}]") == expected


def test_entries_of_processes_without_choices_name_any_provider() -> None:
    """Nothing is known to compare them with; and without such a process nothing is compared."""
    text = f"{CONFIGURATION}images: [{{provider: x, kind: image, editions: [a], owner: host}}]"
    data = party(catalogue={"provider": "guest"})
    assert check_configuration(parse(text).value, {"party": data}, ["party"]) == ()
    other = text.replace("owner: host", "owner: nobody")
    assert check_configuration(parse(other).value, {"party": party()}, ["party"]) == ()


@pytest.mark.parametrize(
    ("catalogue", "path"),
    [
        ({"provider": "plce"}, ("catalogue", "provider")),
        ({"provider": "place"}, ("catalogue", "provider")),
        ({"provider": "guest", "version": "guest"}, ("catalogue", "version")),
    ],
    ids=["unknown", "optional", "no version"],
)
def test_inputs_that_lead_to_an_entry_are_there(
    catalogue: dict[str, str], path: tuple[str, ...]
) -> None:
    """And of the type that is compared."""
    problems = check_process(party(catalogue=catalogue), "party", TEXTS)
    assert [(problem.check, problem.path) for problem in problems] == [("unknown-input", path)]
