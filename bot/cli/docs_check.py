"""`launchbot docs-check`: whether a documentation merge request is aligned with its launch.

For a merge request pipeline: it reads what the bot has found, with the token of the job alone.
It must not judge by itself, and whatever it cannot know fails.
"""

import sys
import time
from pathlib import Path
from typing import Annotated

import typer

from bot.bootstrap import quiet_retries, system_clock
from bot.cli import reports
from bot.domain.alignment.check import CHECKS, Line, Report, examine, failed
from bot.domain.alignment.rules import RULES
from bot.domain.errors import PermanentError, TransientError, UserError
from bot.gitlab.client import NotAuthenticated, NotVisible
from bot.gitlab.job import Job, JobReader
from bot.settings import pipeline_variables

_LONGEST_PAUSE = 10.0
_SIGNS = {"holds": "ok", "waits": "later", "fails": "FAILS"}
_EXPLANATION = """\
The check only blocks a merge if the documentation project lets it. A Maintainer switches on:

1. Settings > Merge requests > "Pipelines must succeed". Without it, a red check is a remark.
2. Off, on the same page: "Skipped pipelines are considered successful".
3. Merge request pipelines: the job has `rules: - if: $CI_PIPELINE_SOURCE == "merge_request_event"`,
   as the component `docs-check` writes it, and the job is not allowed to fail.

The bot's user needs the Developer role there: it sets "Merge can start after" and starts a
pipeline when the launch changes what the check says. The check itself needs no secret and no
server: it reads one comment with CI_JOB_TOKEN, by the bot's user, whose id you give it.

From a fork the pipeline may have no right to read the merge request. Then a member runs it in the
parent project, from the tab "Pipelines" of the merge request.
"""

ReportFile = Annotated[
    Path | None,
    typer.Option(help="Write a report there, and make its folder.", show_default=False),
]


def docs_check(
    *,
    bot_user: Annotated[
        int | None,
        typer.Option(help="The id of the bot's user: only its verdict counts.", show_default=False),
    ] = None,
    wait: Annotated[
        int, typer.Option(min=0, max=3600, help="Seconds to wait for the verdict on this commit.")
    ] = 300,
    junit: ReportFile = None,
    codequality: ReportFile = None,
    annotations: ReportFile = None,
    explain: Annotated[
        bool, typer.Option("--explain", help="Say what the project needs, and check nothing.")
    ] = False,
) -> None:
    """Check, in a merge request pipeline, that documentation goes out with its launch."""
    if explain:
        typer.echo(f"{_EXPLANATION}\n{_all_rules()}", nl=False)
        return
    if bot_user is None or bot_user <= 0:
        raise typer.BadParameter("give the id of the bot's user", param_hint="--bot-user")
    address, report = _run(bot_user, wait)
    typer.echo(_table(report))
    _write(junit, reports.junit(report))
    _write(codequality, reports.codequality(report))
    _write(annotations, reports.annotations(report, address))
    verdict = "aligned" if report.is_aligned() else "failed; the lines that say FAILS tell why"
    typer.echo(f"docs-check: {verdict}", err=True)
    raise typer.Exit(0 if report.is_aligned() else 1)


def _all_rules() -> str:
    known = {**CHECKS, **{rule.id: rule.asks for rule in RULES.values()}}
    rows = "\n".join(f"  {name:<15} {text}" for name, text in known.items())
    return f"What is checked:\n\n{rows}\n"


def _run(bot_user: int, wait: int) -> tuple[str, Report]:
    """Where the merge request is, and what was found in it."""
    try:
        job = Job.read(pipeline_variables())
    except UserError as problem:
        return "", failed("variables", str(problem))
    quiet_retries()
    reader, end = JobReader(job, system_clock), time.monotonic() + wait
    pause = 1.0
    while True:
        report = _look(job, reader, bot_user)
        left = end - time.monotonic()
        if not report.may_change or left <= 0:
            return job.address, report
        _tell_progress(report.lines[0], left)
        time.sleep(min(pause, left))
        pause = min(2 * pause, _LONGEST_PAUSE)


def _look(job: Job, reader: JobReader, bot_user: int) -> Report:
    try:
        return examine(reader.read(), job.head, bot_user)
    except NotAuthenticated:
        return failed("job-token", "GitLab does not accept CI_JOB_TOKEN: it ends with its job.")
    except NotVisible:
        return _hidden(job)
    except (TransientError, PermanentError) as problem:
        return failed("gitlab", str(problem), may_change=isinstance(problem, TransientError))


def _hidden(job: Job) -> Report:
    if job.is_in_fork:
        return failed(
            "fork",
            "This pipeline runs in a fork, and may not read the merge request. A member has to "
            'run the pipeline in the parent project: merge request > Pipelines > "Run pipeline".',
        )
    return failed(
        "merge-request",
        "GitLab does not show this merge request to the job. Whoever started the pipeline has to "
        "be a member, and the project of the merge request has to allow this job token.",
    )


def _tell_progress(line: Line, left: float) -> None:
    typer.echo(f"waiting for the bot, {left:.0f} s left: {line.id}: {line.text}", err=True)
    sys.stderr.flush()


def _table(report: Report) -> str:
    return "\n".join(f"{_SIGNS[ln.outcome]:<6} {ln.id:<15} {ln.text}" for ln in report.lines)


def _write(path: Path | None, text: str) -> None:
    if path is None:
        return
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    except OSError as problem:
        raise UserError(f"The report {path} cannot be written: {problem.strerror}.") from problem
