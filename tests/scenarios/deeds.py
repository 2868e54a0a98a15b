"""What people and operators do in a launch of the small process, each chosen by a number.

A deed that cannot be done where the launch stands is left out. It must not touch the bot's own
connection: the bot may be dead.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from bot.cli.demo.world import Actor
from bot.domain.process import ROOT
from bot.simulator.model import Issue
from tests.scenarios.mortal import MortalPlay

PARTS = (ROOT, "scope", "build", "request")
PHASES = ("scope", "build")
TASKS = ("talk", "papers", "call", "bake", "oven", "upload")
GATES = ("g::locked", "g::open", "g::done")
DATES = ("", "2027-04-01", "2027-05-03", "2027-07-01")
PEOPLE = ("", "alice", "bob", "carol")
WORDS = (
    "fine",
    "/close",
    "@carol look",
    "<!-- launchbot:v1 launch=i1 part=root -->",
    "- [x] `talk`",
)
COMMANDS = (
    "status",
    "why scope",
    "assign makers @carol",
    "assign build me",
    "assign bake @alice",
    "effort build 3d",
    "due build +5bd",
    "due bake 2027-04-01",
    "done talk\n/launch done papers",
    "done upload https://example.com/1",
    "undo talk",
    "skip call because nobody asked",
    "unlock build because of time",
    "close scope because it is enough",
    "close build because it is enough\n/launch live",
    "waiting partner because they read it",
    "partner replied",
    "escalate because it is late",
    "date 2027-08-02 because they asked",
    "pause because of the summer",
    "resume",
    "cancel because they left",
    "start small",
    "delegate makers @carol",
    "reinstate makers",
    "plan close scope because x",
    "help",
    "nonsense",
)
WEEK = 7

Deed = Callable[[MortalPlay, int], object]


def issue(play: MortalPlay, part: str) -> Issue | None:
    """The issue of a part of the first launch, where it stands now."""
    issues = play.sim.state.issues
    if part == "request":
        found = issues.get(1)
    else:
        mark = f" launch=i1 part={part} "
        ours = (i for i in issues.values() if i.author.username.startswith("launchbot"))
        found = next((item for item in ours if mark in (item.description or "")), None)
    while found is not None and found.moved_to is not None:
        found = found.moved_to
    return found


def place(item: Issue) -> tuple[int, int]:
    """Where an issue stands."""
    return item.project.id, item.iid


def pick(number: int, *choices: Sequence[Any]) -> list[Any]:
    """One of each of several choices, by one number."""
    picked = []
    for options in choices:
        number, index = divmod(number, len(options))
        picked.append(options[index])
    return picked


def person(play: MortalPlay, number: int) -> Actor:
    """Anybody."""
    return play.people[PEOPLE[1:][number % 3]]


def change(play: MortalPlay, part: str, **fields: Any) -> None:
    """Alice changes fields of the issue of a part."""
    if found := issue(play, part):
        play.people["alice"].change(place(found), **fields)


def ask(play: MortalPlay, number: int) -> None:
    """Alice asks for the launch, and forgets to say for what, or not."""
    if not issue(play, "request"):
        text = play.world.request_text(play.process) if number % 3 else ""
        project = play.world.projects["office"]
        play.people["alice"].file(project, "An image", text, play.process.labels.request)


def complete(play: MortalPlay, _number: int) -> None:
    """Alice says for what."""
    change(play, "request", description=play.world.request_text(play.process))


def tick(play: MortalPlay, number: int) -> None:
    """A task is ticked, unticked or crossed out."""
    task, box = pick(number, TASKS, "xx ~")
    if found := issue(play, "scope" if task in TASKS[:3] else "build"):
        play.people["bob"].tick(place(found), task, box=box)


def finish(play: MortalPlay, number: int) -> None:
    """All tasks of a phase are ticked."""
    (phase,) = pick(number, PHASES)
    if found := issue(play, phase):
        play.owner(phase).tick(place(found), *play.required(phase))


def close(play: MortalPlay, number: int) -> None:
    """An issue is closed."""
    change(play, *pick(number, PARTS), state_event="close")


def reopen(play: MortalPlay, number: int) -> None:
    """An issue is reopened."""
    change(play, *pick(number, PARTS), state_event="reopen")


def gate(play: MortalPlay, number: int) -> None:
    """The gate label of a phase is set, or taken off."""
    phase, label = pick(number, PHASES, (*GATES, ""))
    others = ",".join(name for name in GATES if name != label)
    change(play, phase, remove_labels=others, **({"add_labels": label} if label else {}))


def unlabel(play: MortalPlay, number: int) -> None:
    """The label of launches is taken off."""
    change(play, *pick(number, PARTS[:3]), remove_labels=play.process.labels.launch)


def ask_label(play: MortalPlay, number: int) -> None:
    """The label that asks for a launch is taken off, or put on."""
    (way,) = pick(number, ("remove_labels", "add_labels"))
    change(play, "request", **{way: play.process.labels.request})


def assign(play: MortalPlay, number: int) -> None:
    """Somebody is assigned, or nobody."""
    part, who = pick(number, PARTS, PEOPLE)
    change(play, part, assignee_ids=[play.world.people[who]] if who else [])


def date(play: MortalPlay, number: int) -> None:
    """A due date is set, or taken away."""
    part, day = pick(number, PARTS, DATES)
    change(play, part, due_date=day)


def retitle(play: MortalPlay, number: int) -> None:
    """An issue gets another title."""
    change(play, *pick(number, PARTS), title=f"Title {number}")


def write(play: MortalPlay, number: int) -> None:
    """A line is put above the description."""
    part, words = pick(number, PARTS, WORDS[:3])
    if found := issue(play, part):
        change(play, part, description=f"{words}\n\n{found.description}")


def comment(play: MortalPlay, number: int) -> None:
    """Somebody comments."""
    part, words = pick(number, PARTS, WORDS)
    if found := issue(play, part):
        person(play, number).comment(place(found), f"I say: {words}")


def command(play: MortalPlay, number: int) -> None:
    """Somebody gives a command, or two."""
    line, part, name = pick(number, COMMANDS, PARTS, PEOPLE[1:])
    if found := issue(play, part):
        play.people[name].comment(place(found), f"/launch {line}")


def label(play: MortalPlay, number: int) -> None:
    """Some other label is put on."""
    change(play, *pick(number, PARTS), add_labels=f"label {number % 7}")


def move(play: MortalPlay, number: int) -> None:
    """An issue is moved to the other project."""
    (part,) = pick(number, PARTS)
    if found := issue(play, part):
        target = next(p for p in play.world.projects.values() if p != found.project.id)
        path = "/projects/{}/issues/{}/move".format(*place(found))
        play.admin.post(path, {"to_project_id": target})


def clone(play: MortalPlay, number: int) -> None:
    """An issue is cloned, with its notes or without."""
    part, notes, project = pick(number, PARTS[:3], (True, False), ("office", "factory"))
    if found := issue(play, part):
        body = {"to_project_id": play.world.projects[project], "with_notes": notes}
        path = "/projects/{}/issues/{}/clone".format(*place(found))
        play.people["alice"].client.post(path, body)


def hide(play: MortalPlay, number: int) -> None:
    """An issue is made confidential, or open to all members."""
    part, confidential = pick(number, PARTS, (True, False))
    change(play, part, confidential=confidential)


def unlink(play: MortalPlay, number: int) -> None:
    """A link of the root is removed."""
    if found := issue(play, ROOT):
        links = "/projects/{}/issues/{}/links".format(*place(found))
        shown = play.admin.list(links)
        if shown:
            one = shown[number % len(shown)]["issue_link_id"]
            play.admin._gitlab.http_delete(f"{links}/{one}")


def wait(play: MortalPlay, number: int) -> None:
    """Days pass in which nobody does anything."""
    play.pass_time(days=1 + number % WEEK)


DEEDS: Mapping[str, Deed] = {
    "ask": ask,
    "complete": complete,
    "tick": tick,
    "finish": finish,
    "close": close,
    "reopen": reopen,
    "gate": gate,
    "unlabel": unlabel,
    "ask-label": ask_label,
    "assign": assign,
    "date": date,
    "retitle": retitle,
    "write": write,
    "comment": comment,
    "command": command,
    "label": label,
    "move": move,
    "clone": clone,
    "hide": hide,
    "unlink": unlink,
}
"""What people do."""

ASIDE: Mapping[str, Deed] = {"retitle": retitle, "comment": comment, "label": label}
"""What the bot takes no notice of, so that it may happen at any moment of its work."""
