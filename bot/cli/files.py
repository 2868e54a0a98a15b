"""Which files a command means, from what was typed.

It must not read them; `bot.loader` does.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from bot.loader import DEFINITION, IMAGES, is_file, is_folder

CONFIGURATION = "launchbot.yml"

ConfigOption = Annotated[
    Path | None,
    typer.Option(
        "--config",
        envvar="LAUNCHBOT_CONFIG",
        help=f"The configuration of the installation; ./{CONFIGURATION} if it is there.",
        show_default=False,
    ),
]


@dataclass(frozen=True, slots=True)
class Named:
    """The configurations and the process folders that somebody named."""

    configurations: tuple[Path, ...] = ()
    folders: tuple[Path, ...] = ()


def configuration(given: Path | None) -> Path | None:
    """The configuration that was given, else the one in the working directory, if any."""
    usual = Path(CONFIGURATION)
    return given or (usual if is_file(usual) else None)


def named(paths: Iterable[Path]) -> Named:
    """What paths mean: folders, definitions in folders, or configurations.

    `images.yml` is a part of the configuration beside it, and read with that.
    """
    configurations: list[Path] = []
    folders: list[Path] = []
    for path in paths:
        if path.name == DEFINITION:
            folders.append(path.parent)
        elif path.name == IMAGES:
            configurations.append(path.with_name(CONFIGURATION))
        elif path.suffix in {".yml", ".yaml"} and not is_folder(path):
            configurations.append(path)
        elif is_file(path / CONFIGURATION) and not is_file(path / DEFINITION):
            configurations.append(path / CONFIGURATION)
        else:
            folders.append(path)
    return Named(tuple(configurations), tuple(folders))


def shown(path: str) -> str:
    """A path as people in this directory would write it."""
    place = Path(path)
    return str(place.relative_to(Path.cwd()) if place.is_relative_to(Path.cwd()) else place)
