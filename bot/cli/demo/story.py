"""The scripted story: a whole launch without a person, told and checked against the simulator.

It plays any process: what it says and does follows from the definition.
"""

import re
from collections.abc import Callable
from datetime import date, timedelta

from rich.console import Console

from bot.cli.demo.documents import Section
from bot.cli.demo.stage import Stage, until
from bot.cli.demo.world import Actor
from bot.domain import checklists
from bot.domain.errors import UserError
from bot.domain.process import ROOT

_HIDDEN = re.compile(r"\s*<!-- launchbot:.*?-->", re.DOTALL)


class Story:
    """Tells and checks."""

    def __init__(self, stage: Stage, console: Console) -> None:
        self._stage = stage
        self._console = console
        self._process = stage.process
        self._request = stage.plan.request

    def play(self) -> None:
        """The whole story, from an incomplete request to live.

        Raises:
            UserError: Something did not happen as it should.
        """
        place = self._ask_incompletely()
        self._complete(place)
        self._ask_again()
        self._close_a_locked_phase()
        self._close_too_early()
        for phase in self._first():
            self._finish(phase)
        self._check_unlocked()
        self._change_by_hand()
        self._steer_by_comment()
        self._reopen_and_close()
        section = self._write_documentation()
        for phase in self._later():
            self._stage.let_days_pass(6)
            self._finish(phase)
        self._go_live(section)
        self._nothing_moves()

    def _ask_incompletely(self) -> tuple[int, int]:
        who, wanted = self._stage.world.actors[self._request.by], self._request
        self._say(f"{who.username} asks for a launch, but forgets most of what is needed.")
        name, value = next(iter(wanted.inputs.items()))
        text = f"### {self._process.inputs[name].title}\n\n{value}\n"
        project = self._stage.world.projects[wanted.project]
        place = who.file(project, wanted.title, text, self._process.labels.request)
        self._stage.settle()
        told = "the bot answers with what is missing, ready to paste"
        self._check(told, lambda: len(who.notes(place)) == 1)
        self._quote(self._last_note(who, place))
        self._check("nothing is opened yet", lambda: not self._stage.parts())
        return place

    def _complete(self, place: tuple[int, int]) -> None:
        who = self._stage.world.actors[self._request.by]
        self._say(f"{who.username} completes the description.")
        who.change(place, description=self._stage.world.request_text(self._process))
        self._stage.settle()
        parts = self._stage.parts()
        wanted = {ROOT, *self._process.phases}
        opened = f"the bot opens {len(wanted)} issues in the teams' projects"
        self._check(opened, lambda: {*self._stage.parts()} == wanted)
        parts = self._stage.parts()
        for name, part in parts.items():
            people = ", ".join(user["username"] for user in part.raw["assignees"])
            labels = ", ".join(part.raw["labels"])
            self._console.print(f"    {part.raw['references']['full']}  {name}: {people}; {labels}")
        gates = {**dict.fromkeys(self._first(), "open"), **dict.fromkeys(self._later(), "locked")}
        self._check("every phase has its gate label", lambda: self._gates_are(gates))
        self._show_status()

    def _ask_again(self) -> None:
        who, before = self._stage.world.actors[self._request.by], self._stage.count_issues()
        self._say(f"{who.username} asks for the same once more.")
        project = self._stage.world.projects[self._request.project]
        place = who.file(
            project,
            "Once more",
            self._stage.world.request_text(self._process),
            self._process.labels.request,
        )
        self._stage.settle()
        self._check("no second launch opens", lambda: self._stage.count_issues() == before + 1)
        named = "a comment names the running one"
        self._check(named, lambda: "running" in self._last_note(who, place))

    def _close_a_locked_phase(self) -> None:
        phase = self._later()[0]
        who, place = self._owner(phase), self._stage.parts()[phase].place
        self._say(f"{who.username} closes {self._title(phase)}, which is still locked.")
        who.close(place)
        self._stage.settle()
        self._check("it is reopened", lambda: who.issue(place)["state"] == "opened")
        self._quote(self._last_note(who, place))

    def _close_too_early(self) -> None:
        phase = self._first()[0]
        who, place = self._owner(phase), self._stage.parts()[phase].place
        self._say(f"{who.username} closes {self._title(phase)} with tasks missing.")
        who.close(place)
        self._stage.settle()
        self._check("it is reopened", lambda: who.issue(place)["state"] == "opened")
        self._quote(self._last_note(who, place))

    def _finish(self, phase: str) -> None:
        who, place = self._owner(phase), self._stage.parts()[phase].place
        for name in self._needs_elsewhere(phase):
            self._tick(name)
        self._say(f"{who.username} ticks the tasks of {self._title(phase)} and closes it.")
        self._tick(*(task.id for task in self._process.phases[phase].walk() if not task.optional))
        who.close(place)
        self._stage.settle()
        done = self._process.labels.gate.done
        self._check(f"{self._title(phase)} is done", lambda: done in who.issue(place)["labels"])

    def _needs_elsewhere(self, phase: str) -> list[str]:
        tasks = self._process.tasks()
        needs = [need for task in self._process.phases[phase].walk() for need in task.needs]
        return [need for need in needs if tasks[need].phase != phase]

    def _tick(self, *tasks: str) -> None:
        for name in tasks:
            phase = self._process.tasks()[name].phase
            self._owner(phase).tick(self._stage.parts()[phase].place, name)

    def _check_unlocked(self) -> None:
        later = self._later()
        unlocked = dict.fromkeys(later, "open")
        self._check("the phases behind it unlock at once", lambda: self._gates_are(unlocked))
        dated = [phase for phase in later if self._process.phases[phase].due]
        self._check("each has a due date", lambda: self._are_due(dated))
        for phase in later:
            self._quote(self._last_note(self._owner(phase), self._stage.parts()[phase].place))

    def _are_due(self, phases: list[str]) -> bool:
        parts = self._stage.parts()
        return all(parts[phase].raw["due_date"] for phase in phases)

    def _change_by_hand(self) -> None:
        phase = self._later()[0]
        who, place = self._owner(phase), self._stage.parts()[phase].place
        day = (self._stage.plan.starts.date() + timedelta(days=60)).isoformat()
        self._say(f"{who.username} sets the due date of {self._title(phase)} to {day} by hand.")
        who.change(place, due_date=day)
        self._stage.let_days_pass(1)
        self._check("the date stays", lambda: who.issue(place)["due_date"] == day)

    def _steer_by_comment(self) -> None:
        phase = self._later()[0]
        task = next(iter(self._process.phases[phase].walk()))
        who, place = self._owner(phase), self._stage.parts()[phase].place
        head = self._stage.bot.installation.configuration.command
        self._say(f"{who.username} comments: `/{head} done {task.id} https://example.com/proof`")
        self._stage.comment(who, place, f"/{head} done {task.id} https://example.com/proof")
        self._check("the bot ticks the box", lambda: self._is_ticked(who, place, task.id))
        self._say(f"{who.username} comments: `/{head} why {task.id}`")
        self._stage.comment(who, place, f"/{head} why {task.id}")
        self._quote(self._last_note(who, place))
        self._check("the bot says why", lambda: "ticked by" in self._last_note(who, place))

    @staticmethod
    def _is_ticked(who: Actor, place: tuple[int, int], task: str) -> bool:
        return checklists.read(who.issue(place)["description"])[task] == "done"

    def _reopen_and_close(self) -> None:
        phase, later = self._first()[0], self._later()
        who, place = self._owner(phase), self._stage.parts()[phase].place
        self._say(f"{who.username} finds something missing and reopens {self._title(phase)}.")
        who.reopen(place)
        self._stage.settle()
        locked = dict.fromkeys(later, "locked")
        self._check("the others lock again", lambda: self._gates_are(locked))
        self._say(f"{who.username} closes {self._title(phase)} again.")
        who.close(place)
        self._stage.settle()
        self._check("and unlock again", lambda: self._gates_are(dict.fromkeys(later, "open")))

    def _write_documentation(self) -> Section | None:
        if self._process.documentation is None:
            return None
        section = Section(self._stage, self._process.documentation)
        self._say(f"{section.author} writes the documentation, and names the launch in it.")
        section.open()
        self._stage.settle()
        held = "GitLab holds the merge until the launch moment"
        self._check(held, lambda: section.seen()["detailed_merge_status"] == "merge_time")
        self._check("the bot tells what lacks", lambda: "not aligned" in section.verdict())
        self._quote(section.verdict())
        self._check("the check is red", lambda: not section.check().is_aligned())
        self._say(f"What it needs is done, and {section.reviewer} approves it, to be merged then.")
        self._tick(*section.rules.needs)
        section.approve()
        self._stage.settle()
        self._check("the check is green", lambda: section.check().is_aligned())
        self._check("it is not merged yet", lambda: section.seen()["state"] == "opened")
        return section

    def _go_live(self, section: Section | None) -> None:
        root = self._stage.parts()[ROOT].place
        who = self._stage.world.holder(self._process.root.role)
        told = "the root says that all phases are done"
        self._check(told, lambda: "all phases" in self._last_note(who, root))
        self._stage.let_days_pass(self._days_to_launch())
        if section:
            out = "the documentation is out with the launch"
            self._check(out, lambda: section.seen()["state"] == "merged")
        self._say(f"{who.username} closes the root issue.")
        who.close(root)
        self._stage.settle()
        self._check("the launch is live", lambda: "live" in self._last_note(who, root))
        done = dict.fromkeys(self._process.phases, "done")
        self._check("every phase is done", lambda: self._gates_are(done))
        self._check("every issue is closed, and has one assignee", self._all_closed)
        self._quote(self._last_note(who, root))
        self._show_status()

    def _days_to_launch(self) -> int:
        due = self._stage.parts()[ROOT].raw["due_date"]
        today = self._stage.sim.clock.now().date()
        return max((date.fromisoformat(due) - today).days, 0) if due else 0

    def _all_closed(self) -> bool:
        issues = [part.raw for part in self._stage.parts().values()]
        return all(i["state"] == "closed" and len(i["assignees"]) == 1 for i in issues)

    def _nothing_moves(self) -> None:
        self._say("Later, the bot looks through everything once more.")
        before = self._stage.sim.calls.writes
        self._stage.let_days_pass(1)
        self._check("it finds nothing to write", lambda: self._stage.sim.calls.writes == before)
        root = self._stage.parts()[ROOT].place
        notes = self._stage.world.holder(self._process.root.role).notes(root)
        status = [note for note in notes if "part=status" in note["body"]]
        self._check("there is exactly one status note", lambda: len(status) == 1)
        self._check("nothing is stuck in the queue", lambda: not self._stage.bot.store.dead())

    def _first(self) -> list[str]:
        return [name for name in self._process.order() if not self._process.phases[name].after]

    def _later(self) -> list[str]:
        return [name for name in self._process.order() if self._process.phases[name].after]

    def _owner(self, phase: str) -> Actor:
        return self._stage.world.holder(self._process.phases[phase].role)

    def _title(self, phase: str) -> str:
        return self._process.phases[phase].title

    def _gates_are(self, wanted: dict[str, str]) -> bool:
        labels, parts = self._process.labels.gate, self._stage.parts()
        return all(
            {*parts[phase].raw["labels"]} & {labels.locked, labels.open, labels.done}
            == {getattr(labels, gate)}
            for phase, gate in wanted.items()
        )

    def _last_note(self, who: Actor, place: tuple[int, int]) -> str:
        notes = [note for note in who.notes(place) if "part=status" not in note["body"]]
        return _HIDDEN.sub("", notes[-1]["body"]) if notes else ""

    def _show_status(self) -> None:
        root = self._stage.parts()[ROOT].place
        who = self._stage.world.holder(self._process.root.role)
        for note in who.notes(root):
            if "part=status" in note["body"]:
                self._quote(_HIDDEN.sub("", note["body"]))

    def _say(self, text: str) -> None:
        day: date = self._stage.sim.clock.now().date()
        self._console.print(f"\n[bold]{day}  {text}[/bold]")

    def _quote(self, text: str) -> None:
        for line in _HIDDEN.sub("", text).splitlines():
            self._console.print(f"    | {line}", markup=False, highlight=False, soft_wrap=True)

    def _check(self, fact: str, holds: Callable[[], bool]) -> None:
        """Give it some seconds to come true: on a busy machine the bot takes its time."""
        ok = until(holds)
        self._console.print(f"  [green]ok[/green]  {fact}" if ok else f"  [red]NOT[/red] {fact}")
        if not ok:
            raise UserError(f"demo failed: it does not hold that {fact}.")
