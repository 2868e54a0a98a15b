"""What an installation has where: an image or a package, with its owner and its live version.

A request for something that needs no work is answered with the reason. It must not open anything,
and must not know what is offered anywhere.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from bot.domain import versions
from bot.domain.definition_checks import unknown
from bot.domain.outline import Cursor, Outline
from bot.domain.problems import Problem
from bot.domain.process import Definition, Line, Process, Slug, Strict, Task
from bot.domain.rendering import inline

Version = Annotated[str, StringConstraints(pattern=versions.PATTERN, max_length=80)]


class Image(Strict):
    """What is offered at a provider: an entry of `images.yml`."""

    provider: Line = Field(description="Where, as requests name it.")
    kind: Literal["image", "package"] = Field(
        description="An image is kept current; a package needs no maintenance."
    )
    editions: tuple[Line, ...] = Field(min_length=1, description="Which editions of the product.")
    owner: Slug = Field(description="The role that answers for it, and leads its updates.")
    live: Version | None = Field(default=None, description="The version that is live, if known.")


class Images(Strict):
    """`images.yml`, beside `launchbot.yml`: what is offered where."""

    images: tuple[Image, ...] = Field(description="What is offered at each provider.")


def refusal(
    definition: Definition, images: Sequence[Image], inputs: Mapping[str, str]
) -> str | None:
    """Why nothing is to be done for a request; None if something is, or nothing is known."""
    rule = definition.catalogue
    if rule is None or not images:
        return None
    found = _entries(definition, images, inputs)
    if not found:
        return "`images.yml` has nothing there"
    kept = [image for image in found if image.kind == "image"]
    if not kept:
        return (
            "a package was uploaded there and not an image, so maintenance is not necessary for "
            "version or security updates"
        )
    version = inputs.get(rule.version or "", "")
    if version and all(_has(image, version) for image in kept):
        return f"version {inline(version)} or a newer one is live there already"
    return None


def place(definition: Definition, inputs: Mapping[str, str]) -> str:
    """The provider that inputs name, in their words."""
    rule = definition.catalogue
    return inputs.get(rule.provider, "") if rule else ""


def owned(process: Process, images: Sequence[Image], inputs: Mapping[str, str]) -> Process:
    """The process led by the role that answers for what is asked for.

    It takes the place of the role of the root issue, there and wherever else that is named.
    """
    before = process.root.role
    roles = [image.owner for image in _entries(process, images, inputs) if image.kind == "image"]
    owner = next((role for role in roles if role in process.roles), before)
    if owner == before:
        return process
    role = {before: owner}
    phases = {
        name: phase.model_copy(
            update={
                "role": role.get(phase.role, phase.role),
                "tasks": tuple(_led(phase.tasks, role)),
            }
        )
        for name, phase in process.phases.items()
    }
    root = process.root.model_copy(update={"role": owner})
    return process.model_copy(update={"root": root, "phases": phases})


def live(definition: Definition, images: Sequence[Image], inputs: Mapping[str, str]) -> str | None:
    """The version that is live where a launch brings another one; several, if they differ."""
    rule = definition.catalogue
    version = inputs.get(rule.version or "", "") if rule else ""
    behind = [image for image in _entries(definition, images, inputs) if image.kind == "image"]
    if not version or not behind or all(_has(image, version) for image in behind):
        return None
    known = dict.fromkeys(image.live for image in behind if image.live)
    return " and ".join(known) or "unknown"


def editions(
    definition: Definition, images: Sequence[Image], inputs: Mapping[str, str]
) -> tuple[str, ...]:
    """The editions of the product that the images have of which a launch brings a new version."""
    found = _entries(definition, images, inputs)
    every = (name for image in found if image.kind == "image" for name in image.editions)
    return tuple(dict.fromkeys(every))


def _led(tasks: Iterable[Task], role: Mapping[str, str]) -> Iterator[Task]:
    for task in tasks:
        led = role.get(task.role or "", task.role)
        below = tuple(_led(task.tasks, role))
        yield task.model_copy(update={"role": led, "tasks": below})


def _entries(
    definition: Definition, images: Sequence[Image], inputs: Mapping[str, str]
) -> Sequence[Image]:
    """What is said of the provider that inputs name."""
    provider = _fold(place(definition, inputs))
    return [image for image in images if _fold(image.provider) == provider]


def _has(image: Image, version: str) -> bool:
    return image.live is not None and not versions.is_newer(version, image.live)


def _fold(text: str) -> str:
    return " ".join(text.replace("-", " ").replace("_", " ").split()).casefold()


def check_images(images: Cursor, processes: Iterable[Outline]) -> Iterator[Problem]:
    """Entries that name a role or a provider that no process knows, and providers without one."""
    outlines = [outline for outline in processes if outline.document["catalogue"].value]
    roles = sorted({role.text for outline in outlines for role in outline.roles})
    providers = sorted(set(_providers(outlines)))
    for entry in images.elements() if outlines else ():
        yield from unknown("unknown-role", "role", entry["owner"].words(), roles, "in a process")
        words = entry["provider"].words() if providers else ()
        yield from unknown("unknown-choice", "provider", words, providers, "in a process")
    given = {_fold(word.text) for e in images.elements() for word in e["provider"].words()}
    for provider in providers if images.value is not None else ():
        if _fold(provider) not in given:
            message = f'nothing is said of "{provider}", so nothing is opened for it'
            yield Problem("unlisted-provider", images.path, message, severity="warning")


def _providers(outlines: Iterable[Outline]) -> Iterator[str]:
    for outline in outlines:
        named = {word.text for word in outline.document["catalogue"]["provider"].words()}
        for wanted in outline.inputs:
            if wanted.name.text in named:
                yield from wanted.choices
