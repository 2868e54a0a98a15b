"""Files in: the configuration of an installation and the processes that it runs.

Whatever the files hold, nothing is raised: the result has all that could be loaded, and every
mistake in the rest with file, line and column.
It must not judge what the files say; `bot.domain.validation` does.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bot.domain.catalogue import Images
from bot.domain.configuration import Configuration
from bot.domain.outline import Cursor
from bot.domain.overrides import graft
from bot.domain.problems import Problem
from bot.domain.process import Process
from bot.domain.shape import misshapen
from bot.domain.validation import check_configuration
from bot.loader.files import MAX_BYTES, File, Mistake, is_file, is_folder, is_there
from bot.loader.folders import DEFINITION, Folder, find, shipped_folder

__all__ = [
    "DEFINITION",
    "IMAGES",
    "MAX_BYTES",
    "Loaded",
    "Mistake",
    "is_file",
    "is_folder",
    "is_there",
    "load",
    "shipped_folder",
]

IMAGES = "images.yml"


@dataclass(frozen=True, slots=True)
class Loaded:
    """What the files hold; a part with an error is left out."""

    configuration: Configuration | None
    processes: Mapping[str, Process]
    """The processes to run, by name."""
    mistakes: tuple[Mistake, ...]
    found: Mapping[str, Process] = field(default_factory=dict)
    """All processes, whether or not they are to run."""
    files: tuple[Path, ...] = ()
    """What was read: the configuration and the definitions."""

    @property
    def errors(self) -> tuple[Mistake, ...]:
        """The mistakes that are more than a warning."""
        return tuple(mistake for mistake in self.mistakes if mistake.severity == "error")


def load(config_path: Path | None, folders: Sequence[Path] = (), *, shipped: bool = True) -> Loaded:
    """The configuration, and the processes that are shipped, configured, or in the folders."""
    config = File.read(config_path) if config_path else None
    images = _add_images(config) if config else None
    found, mistakes = find(config, folders, shipped=shipped)
    processes = {folder.name: folder for folder in found}
    running = _running(config, processes)
    if config:
        documents = {name: folder.file.document.value for name, folder in processes.items()}
        config.judge(check_configuration(config.document.value, documents, running))
    made = {name: process for name, folder in processes.items() if (process := folder.process())}
    lists = (file for folder in found for file in folder.lists)
    read = [file for file in (config, images) if file]
    files = [*read, *(folder.file for folder in found), *lists]
    told = [*mistakes, *(mistake for file in files for mistake in file.mistakes)]
    return Loaded(
        Configuration.model_validate(config.document.value)
        if config and all(file.sound for file in read)
        else None,
        {name: process for name, process in made.items() if name in running},
        tuple(sorted(dict.fromkeys(told), key=_place)),
        made,
        tuple(dict.fromkeys(file.path for file in files)),
    )


def _add_images(config: File) -> File | None:
    """Read `images.yml`, if there is one, as if it stood in the configuration."""
    path = config.path.parent / IMAGES
    if not is_there(path):
        return None
    file = File.read(path)
    file.judge(misshapen(file.document.value, Images))
    where = Cursor(config.document.value)["images"]
    if where.value is not None:
        message = f"this stands in {IMAGES} too; take it out of one of them"
        config.judge([Problem("duplicate-key", where.path, message, on_key=True)])
    elif file.sound:
        config.document = graft(config.document, "images", file.document, str(path))
    return file


def _running(config: File | None, processes: Mapping[str, Folder]) -> Sequence[str]:
    """The processes to run: those that the configuration names, and those asked for here."""
    named = {word.text for word in Cursor(config and config.document.value)["processes"].words()}
    return [
        name
        for name, folder in processes.items()
        if not named or name in named or folder.origin == "asked"
    ]


def _place(mistake: Mistake) -> tuple[str, int, int, str]:
    return mistake.file, mistake.line, mistake.column, mistake.check
