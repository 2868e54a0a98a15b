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
from bot.domain.process import Definition, Line, Slug, Strict
from bot.domain.rendering import inline

Version = Annotated[str, StringConstraints(pattern=versions.PATTERN, max_length=80)]


class Image(Strict):
    """What is offered at a provider: an entry of `images.yml`."""

    provider: Line = Field(description="Where, as requests name it.")
    kind: Literal["image", "package"] = Field(
        description="An image is kept current; a package needs no maintenance."
    )
    editions: tuple[Line, ...] = Field(min_length=1, description="Which editions of the product.")
    owner: Slug = Field(description="The role that answers for it.")
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
    provider = inputs[rule.provider]
    shown = inline(provider)
    found = [image for image in images if _fold(image.provider) == _fold(provider)]
    if not found:
        return f"`images.yml` has nothing at **{shown}**; if there is an image, put it in there"
    kept = [image for image in found if image.kind == "image"]
    if not kept:
        return (
            f"at **{shown}** a package was uploaded and not an image, so maintenance is not "
            "necessary for version or security updates"
        )
    version = inputs.get(rule.version or "", "")
    if version and all(_has(image, version) for image in kept):
        return f"**{shown}** has version {inline(version)} or a newer one already"
    return None


def _has(image: Image, version: str) -> bool:
    return image.live is not None and not versions.is_newer(version, image.live)


def _fold(text: str) -> str:
    return " ".join(text.replace("-", " ").replace("_", " ").split()).casefold()


def check_images(images: Cursor, processes: Iterable[Outline]) -> Iterator[Problem]:
    """Entries that name a role or a provider that no process knows."""
    outlines = [outline for outline in processes if outline.document["catalogue"].value]
    roles = sorted({role.text for outline in outlines for role in outline.roles})
    providers = sorted(_providers(outlines))
    for entry in images.elements() if outlines else ():
        yield from unknown("unknown-role", "role", entry["owner"].words(), roles, "in a process")
        words = entry["provider"].words() if providers else ()
        yield from unknown("unknown-choice", "provider", words, providers, "in a process")


def _providers(outlines: Iterable[Outline]) -> Iterator[str]:
    for outline in outlines:
        named = {word.text for word in outline.document["catalogue"]["provider"].words()}
        for wanted in outline.inputs:
            if wanted.name.text in named:
                yield from wanted.choices
