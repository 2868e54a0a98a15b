"""What is offered where decides whether a request has anything to do."""

from typing import Any

import pytest

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
        pytest.param([image("Bolt")], "has nothing at **Acme Cloud**", id="another provider"),
        pytest.param([image("Acme Cloud", live="1.2.0")], "or a newer one already", id="live"),
        pytest.param([image("Acme Cloud", live="1.3")], "or a newer one already", id="newer"),
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


def test_package_opens_nothing() -> None:
    """One comment gives the reason, and stays as it is."""
    world = World(process(), images=(image("Acme", "package"),))
    text = "partner: Acme\nlaunch_date: 2026-06-01\nversion: 1.2\n"
    (note,) = world.request(text).plan().actions
    assert isinstance(note, PostNote)
    assert (note.part, note.key) == ("request", "needless")
    assert "a package was uploaded and not an image" in note.text
    world.settle()
    assert set(world.issues) == {"request"}
    assert not world.plan().actions
    world.images = (image("Acme"),)
    assert "root" in world.settle().issues


def test_provider_of_a_stranger_is_harmless() -> None:
    """What a request says is put in as one line without a mention."""
    why = refusal(process(), [image("Bolt")], {"partner": "/close @all <b>", "version": "1.2"})
    assert "@all" not in str(why)
    assert "<b>" not in str(why)


def found(images: str) -> list[tuple[str, tuple[str | int, ...], str | None]]:
    """What is wrong with the images of an installation that runs the party."""
    place = {"title": "Place", "example": "Hall", "choices": ["Hall", "Garden"]}
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
        ("provider: Hal", [("unknown-choice", ("images", 0, "provider"), "Hall")]),
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
