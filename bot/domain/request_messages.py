"""What is said where a launch begins, or cannot: on a request, and of a record that was lost.

Each says what happened, why, and what to do next. It must not decide anything.
"""

from collections.abc import Mapping, Sequence

from bot.domain import requests
from bot.domain.commands.command import code
from bot.domain.messages import bullets, name
from bot.domain.observed import Kin, Observed, Tag
from bot.domain.process import ROOT, Definition, Process
from bot.domain.rendering import inline, link


def inputs_missing(definition: Definition, problems: Mapping[str, str]) -> str:
    """A request cannot start a launch yet; what to paste."""
    lacking = bullets(f"**{definition.inputs[key].title}** {why}." for key, why in problems.items())
    paste = requests.template(definition, problems)
    return (
        f"This asks for **{definition.title}**, and I can start as soon as these are there:\n\n"
        f"{lacking}\n\n"
        "Copy this into the description above, put in your own values, and save:\n\n"
        f"```markdown\n{paste}\n```\n\n"
        "Nothing has been opened so far. I look again whenever the description changes."
    )


def nothing_missing(definition: Definition) -> str:
    """What kept a request from starting its launch at first does so no more."""
    return f"This asks for **{definition.title}**. It could not start at first; now it can."


def already_running(definition: Definition, *, private: bool) -> str:
    """A second request for what a running launch is about."""
    where = "a confidential launch" if private else link("a launch that is running", "rival")
    return (
        f"This asks for the same as {where}: **{definition.title}** runs once at a time for "
        f"the same {' and '.join(definition.inputs[key].title for key in definition.identity)}.\n\n"
        "So I open nothing here. Go on there; or change the description here if you mean "
        "something else, and I look again."
    )


def needless(definition: Definition, place: str, why: str) -> str:
    """A request asks for something that `images.yml` says needs no work."""
    return (
        f"This asks for **{definition.title}** at **{inline(place)}**, and I open nothing: {why}."
        "\n\n"
        "If that is wrong, whoever runs Launchbot corrects `images.yml`; then change this issue, "
        "and I look again."
    )


def overtaken(definition: Definition, by: Kin, *, private: bool) -> str:
    """A request asks for no newer version than that of a running launch."""
    version = f"with version **{inline(by.version)}**, [over there]({by.url})"
    where = "in a confidential launch, with the same version or a newer one" if private else version
    return (
        f"I open nothing here: **{definition.title}** is under way already {where}.\n\n"
        "Change the version here if you mean another one, and I look again."
    )


def starts_nothing(tag: Tag, started: Sequence[Definition]) -> str:
    """A tag of a product opens nothing at all, and why."""
    what = " and ".join(f"**{definition.title}**" for definition in started)
    why = bullets(f"{f'**{inline(name)}**: ' if name else ''}{why}." for name, why in tag.idle)
    ask = " or ".join(code(definition.labels.request) for definition in started)
    return (
        f"Releases of this project start {what}. For the tag {code(tag.name)} I open nothing:\n\n"
        f"{why}\n\n"
        "If that is right, there is nothing to do. If not, open an issue with the label "
        f"{ask} and say there what you need; I answer on it."
    )


def cannot_start(definition: Definition, why: str) -> str:
    """The root issue could not be opened."""
    return (
        f"I cannot start **{definition.title}**: GitLab does not let me open its first issue "
        f"({inline(why)}).\n\n"
        "Whoever runs Launchbot needs to give my user at least the Reporter role in the "
        f"project that `launchbot.yml` calls `{definition.root.project}`. I try again tomorrow, "
        "or when this issue changes."
    )


def started(definition: Definition) -> str:
    """The request has led to a launch."""
    return (
        f"**{definition.title}** has started: {link('follow it here', ROOT)}. "
        "The comment there that shows the status is always up to date."
    )


def moved_away() -> str:
    """The root issue was moved to where the bot does not work."""
    return (
        "This issue was moved to a project in which I do not work, so the launch **stands still**."
        "\n\nMove it back, or let whoever runs Launchbot add the project to `projects:` in "
        "`launchbot.yml` and make me a member there with the Reporter role. I go on by myself then."
    )


def rebuilt(process: Process, observed: Observed) -> str:
    """The record was lost and rebuilt from what can be seen; the launch is paused."""
    who = name(observed.holder(process.root.role), observed, notify=True)
    return (
        f"{who}: my record of this launch was lost or broken, and I have no copy. I rebuilt it "
        "from the issues and their labels, and **paused the launch**.\n\n"
        "I cannot know any more which dates and assignees people chose, when phases began, and "
        "which comments I owed. Look through the table above: if gates and dates are right, "
        f"{code(f'/{observed.installation.command} resume')} goes on. Commands of before do not "
        "run any more."
    )
