"""`launchbot page`: the handbook page of a process.

It must not word anything; `bot.domain.page` does.
"""

from pathlib import Path
from typing import Annotated

import typer

from bot.cli import files
from bot.domain.errors import UserError
from bot.domain.page import render
from bot.domain.process import Process
from bot.domain.wording import counted, nearest
from bot.loader import DEFINITION, Loaded, is_file, is_there, load


def page(
    process: Annotated[
        str, typer.Argument(help="The name of a process, or its folder.", show_default=False)
    ],
    config: files.ConfigOption = None,
) -> None:
    """Print the handbook page of a process as Markdown."""
    folder = Path(process)
    own = (folder,) if is_file(folder / DEFINITION) else ()
    path = files.configuration(config)
    if path and not is_there(path):
        raise UserError(
            f"There is no configuration at {path}. Correct --config or LAUNCHBOT_CONFIG."
        )
    loaded = load(path, own)
    name = folder.resolve().name if own else process
    found = _find(name, loaded)
    if path and loaded.configuration is None:
        typer.echo("The configuration has errors, so the page names no people.", err=True)
    typer.echo(render(found, loaded.configuration), nl=False)


def _find(name: str, loaded: Loaded) -> Process:
    if name in loaded.found:
        return loaded.found[name]
    broken = [path for path in loaded.files if path.parent.resolve().name == name]
    for path in broken:
        errors = [m for m in loaded.errors if Path(m.file).parent == path.parent]
        raise UserError(
            f'The process "{name}" has {counted(len(errors), "error")}; '
            f"`launchbot check {files.shown(str(path.parent))}` shows them."
        )
    guess = nearest(name, loaded.found)
    meant = f' Did you mean "{guess}"?' if guess else ""
    known = f" Known: {', '.join(sorted(loaded.found))}." if loaded.found else ""
    raise UserError(f'There is no process "{name}".{meant}{known}')
