"""`launchbot check`: every mistake in definitions and configurations, before they are used.

It must not judge; it loads and prints.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Literal

import typer

from bot.cli import files, mistakes
from bot.domain.wording import counted
from bot.loader import Loaded, Mistake, load

_WRITERS = {
    "text": mistakes.as_text,
    "json": mistakes.as_json,
    "codequality": mistakes.as_codequality,
}


def check(
    paths: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="PATH",
            help="Process folders, process.yml, launchbot.yml or images.yml files; "
            "the shipped processes and the configuration unless given.",
            show_default=False,
        ),
    ] = None,
    *,
    strict: Annotated[bool, typer.Option("--strict", help="Let warnings fail too.")] = False,
    form: Annotated[
        Literal["text", "json", "codequality"],
        typer.Option("--format", help="How to print mistakes; codequality is GitLab's report."),
    ] = "text",
    config: files.ConfigOption = None,
) -> None:
    """Check process definitions and configuration, offline."""
    results = _load(files.named(paths or ()), config)
    found = tuple(dict.fromkeys(mistake for result in results for mistake in result.mistakes))
    if found or form != "text":
        typer.echo(_WRITERS[form](found))
    read = list(dict.fromkeys(path for result in results for path in result.files))
    failing = [mistake for mistake in found if strict or mistake.severity == "error"]
    typer.echo(_summary(found, read, failed=bool(failing), strict=strict), err=True)
    if not failing and form == "text":
        typer.echo(f"ok: {', '.join(files.shown(str(path)) for path in read)}")
    raise typer.Exit(1 if failing else 0)


def _load(named: files.Named, config: Path | None) -> Sequence[Loaded]:
    """One result for each configuration; one without, where only folders were named."""
    if named.configurations:
        return [load(path, named.folders) for path in named.configurations]
    if named.folders:
        return [load(config, named.folders, shipped=config is not None)]
    found = files.configuration(config)
    if found is None:
        none = f"There is no {files.CONFIGURATION} here: only the shipped processes are checked."
        typer.echo(none, err=True)
    return [load(found)]


def _summary(found: Sequence[Mistake], read: Sequence[Path], *, failed: bool, strict: bool) -> str:
    errors = sum(mistake.severity == "error" for mistake in found)
    warnings = len(found) - errors
    verdict = "failed" if failed else "passed"
    because = " (warnings fail, as asked)" if failed and strict and not errors else ""
    told = f"{counted(errors, 'error')}, {counted(warnings, 'warning')}"
    where = f" in {counted(len(read), 'file')}" if read else ""
    return f"check {verdict}{because}: {told}{where}"
