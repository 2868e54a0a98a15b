"""The status note: where a launch stands, and who has the ball."""

from datetime import date

import pytest
from inline_snapshot import snapshot

from bot.domain.rendering import WORD_JOINER
from tests.domain.world import ALICE, BOB, CAROL, DAVE, REQUEST_TEXT, World, folded, process, task

ON_LABEL = {"opens": "on-label", "label": "press::ask"}


def _started(**phases: object) -> World:
    return World(process(**phases)).request().settle()  # type: ignore[arg-type]


def _note(world: World) -> str:
    assert world.status is not None
    return world.status.text


def _shown(world: World) -> str:
    """The note with short addresses."""
    return folded(_note(world).replace("https://gitlab.test/", "/"))


def _row(world: World, title: str) -> list[str]:
    """The cells of the row of a phase."""
    rows = [line for line in _note(world).splitlines() if line.startswith("|") and title in line]
    return rows[0].strip("| ").split(" | ")


def _ball(world: World) -> str:
    (line,) = [line for line in _note(world).splitlines() if "Who has the ball" in line]
    return line.partition(":** ")[2]


def _limits(world: World) -> list[str]:
    """What the bot says it cannot see or do."""
    _, _, rest = _note(world).partition("**What I cannot see or do here:**\n\n")
    return [line.removeprefix("- ") for line in rest.partition("\n\n")[0].splitlines()]


def test_the_status_note_of_a_new_launch() -> None:
    """Phases with gate, owner, due date, progress, what is next, and who has the ball."""
    assert _shown(_started()) == snapshot("""\
### Small: Acme Cloud

**Running** · launch date **2026-06-01** · accountable: `alice`

| Phase | Gate | Owner | Due | Tasks | Next |
|---|---|---|---|---|---|
| [Scope](/scope) | 🔓 open | `alice` | 2026-03-16 | 0 of 2 | `talk` Do talk |
| [Build](/build) | 🔒 locked | `bob` | set when it unlocks | 0 of 3 | waits for Scope |
| [Tell](/tell) | 🔒 locked | `carol` | none | 0 of 2 | waits for Scope |

**Who has the ball:** `alice` (Sales) with [Scope](/scope).

<sub>Launchbot keeps this comment up to date. Work in the issues; changes made in this comment
are lost.</sub>\
""")


def test_the_status_note_while_two_phases_run() -> None:
    """Who can only wait for the other has not got the ball."""
    world = _started().finish("scope").settle().tick("bake", "oven").settle()
    assert _shown(world) == snapshot("""\
### Small: Acme Cloud

**Running** · launch date **2026-06-01** · accountable: `alice`

| Phase | Gate | Owner | Due | Tasks | Next |
|---|---|---|---|---|---|
| [Scope](/scope) | ✅ done | `alice` | 2026-03-16 | 2 of 2 | finished |
| [Build](/build) | 🔓 open | `bob` | 2026-05-25 | 2 of 3 | `upload`: Do upload; needs first:
`words` (Tell) |
| [Tell](/tell) | 🔓 open | `carol` | none | 0 of 2 | `words` Do words |

**Who has the ball:** `carol` (Writers) with [Tell](/tell).

<sub>Launchbot keeps this comment up to date. Work in the issues; changes made in this comment
are lost.</sub>\
""")


def test_the_status_note_of_a_launch_that_is_ready() -> None:
    """Whoever answers for the launch has the ball."""
    world = _started().finish("scope").settle().finish("tell").settle().finish("build").settle()
    assert _shown(world) == snapshot("""\
### Small: Acme Cloud

**Ready to go live** · launch date **2026-06-01** · accountable: `alice`

| Phase | Gate | Owner | Due | Tasks | Next |
|---|---|---|---|---|---|
| [Scope](/scope) | ✅ done | `alice` | 2026-03-16 | 2 of 2 | finished |
| [Build](/build) | ✅ done | `bob` | 2026-05-25 | 3 of 3 | finished |
| [Tell](/tell) | ✅ done | `carol` | none | 2 of 2 | finished |

**Who has the ball:** `alice`: close this issue to make the launch live.

<sub>Launchbot keeps this comment up to date. Work in the issues; changes made in this comment
are lost.</sub>\
""")
    assert _ball(world.edit("root", closed=True).settle()) == "nobody; the launch is live."


def test_the_status_note_of_a_cancelled_launch() -> None:
    """Nobody is told to do anything."""
    world = _started().wait(30).settle().say("root", ALICE, "/launch cancel because it rains")
    world.settle()
    assert _row(world, "[Scope]")[3:] == ["2026-03-16", "0 of 2", "nothing"]
    assert _row(world, "[Build]")[3:] == ["set when it unlocks", "0 of 3", "nothing"]
    assert _ball(world).startswith("nobody; the launch is cancelled")


def test_a_phase_that_is_due_after_the_launch_is_marked() -> None:
    """Whoever asked for a launch of tomorrow sees at once that it does not fit."""
    world = _started().edit("scope", due=date(2026, 6, 2)).settle()
    assert _row(world, "[Scope]")[3] == "**2026-06-02 (after the launch date)**"
    world.finish("scope").settle()
    assert _row(world, "[Scope]")[3] == "2026-06-02"


def test_a_late_phase_is_marked() -> None:
    """Only while it is open: what is done is not late any more."""
    world = _started().wait(14).settle()
    assert _row(world, "Scope")[3] == "2026-03-16"
    assert _row(world.wait(1).settle(), "Scope")[3] == "**2026-03-16 (late)**"
    assert _row(world.finish("scope").settle(), "Scope")[3] == "2026-03-16"


def test_a_date_is_shown_as_people_set_it() -> None:
    """Also while the phase is locked; taken away, there is none."""
    world = _started()
    assert _row(world, "Build")[3] == "set when it unlocks"
    assert _row(world, "Tell")[3] == "none"
    world.edit("tell", due=date(2026, 4, 1)).edit("scope", due=None).settle()
    assert _row(world, "Tell")[3] == "2026-04-01"
    assert _row(world, "Scope")[3] == "none"


def test_the_assignee_is_the_owner() -> None:
    """Else who holds the role; nobody is notified by the overview."""
    world = _started().edit("build", assignees=(DAVE,)).edit("tell", assignees=()).settle()
    assert _row(world, "Build")[2] == "`dave`"
    assert _row(world, "Tell")[2] == "`carol`"
    assert "@" not in _note(world)


@pytest.mark.parametrize(
    ("tick", "text"),
    [
        pytest.param((), "`talk` Do talk", id="nothing is ticked"),
        pytest.param(("talk",), "`papers` Do papers", id="one is ticked"),
        pytest.param(("talk", "papers"), "close the issue", id="all required are ticked"),
    ],
)
def test_what_is_next(tick: tuple[str, ...], text: str) -> None:
    """The first required task that is not done, then closing."""
    assert _row(_started().tick(*tick).settle(), "Scope")[5] == text


def test_what_is_next_in_a_phase_that_waits_for_another() -> None:
    """It says what it waits for: a phase, or a task of one."""
    world = _started()
    assert _row(world, "Build")[5] == "waits for Scope"
    world.finish("scope").settle().tick("bake", "oven").settle()
    assert _row(world, "Build")[5] == "`upload`: Do upload; needs first: `words` (Tell)"


def test_a_phase_without_issue_says_when_it_gets_one() -> None:
    """On a label, or later; it counts its tasks already."""
    world = _started(tell=ON_LABEL, build={"opens": "when-unlocked"})
    assert _row(world, "Tell")[5] == 'waits for ~"press::ask" on this issue'
    assert _row(world, "Build")[5] == "later"
    assert _row(world, "Build")[4] == "0 of 3"


def test_who_answers_for_the_launch_has_the_ball_until_a_phase_is_asked_for() -> None:
    """Its owner has no issue yet, and cannot begin."""
    world = _started(tell=ON_LABEL).finish("scope").settle()
    assert _ball(world) == (
        "`bob` (Makers) with [Build](https://gitlab.test/build) \N{MIDDLE DOT} "
        '`alice`: put ~"press::ask" on this issue to begin Tell.'
    )


def test_a_bar_in_a_title_does_not_break_the_table() -> None:
    """Authors may write what they like."""
    world = _started(
        scope={"title": "Scope | start", "tasks": [task("talk", title="Talk | listen")]}
    )
    row = next(line for line in _note(world).splitlines() if "start" in line)
    assert "Scope \\| start" in row
    assert "Talk \\| listen" in row
    assert row.replace("\\|", "").count("|") == 7


def test_a_partner_cannot_write_into_the_note() -> None:
    """The title comes from the request; in the note it is only words."""
    text = REQUEST_TEXT.replace("Acme Cloud", "@alice # <b> /close ![x](http://a)")
    note = _note(World(process()).request(text).settle())
    assert note.startswith(f"### Small: @{WORD_JOINER}alice \\# &lt;b&gt; /close")


def test_an_issue_that_cannot_be_seen_is_said() -> None:
    """It is not opened again."""
    world = _started()
    world.hidden.add("build")
    assert folded("\n".join(_limits(world.settle()))) == snapshot("""\
I cannot see the issue of **Build** (GitLab does not show it to me). I do not open another
one. Give my user access to it again, and I go on.\
""")
    world.hidden.clear()
    assert _limits(world.settle()) == []


def test_what_gitlab_refused_is_said() -> None:
    """What, on which issue, why, and that it is tried again; it goes when it worked."""
    world = World(
        process(),
        refuse={"build.assignee": "No @member.", "tell.create": "No.", "unlocked.build.1": "No."},
    )
    world.request().settle().finish("scope").settle()
    assert folded("\n".join(_limits(world))) == snapshot("""\
I could not set the assignee of **Build**: No @\u2060member. I try again tomorrow.
I could not open the issue of **Tell**: No. I try again tomorrow.
I could not comment on the issue of **Build**: No. I try again tomorrow.\
""")
    world.refuse.clear()
    assert _limits(world.wait(1).settle()) == []


def test_a_root_whose_assignee_was_refused_is_said() -> None:
    """The root has no title of a phase."""
    world = World(process(), refuse={"root.assignee": "No."}).request().settle()
    assert _limits(world) == [
        "I could not set the assignee of **the launch**: No. I try again tomorrow."
    ]


def test_roles_without_people_are_said_once_each() -> None:
    """The role of the root counts too; two phases of one role make one line."""
    world = World(process(tell={"role": "makers"}), people={"writers": (CAROL,)})
    assert _limits(world.request().settle()) == [
        "Nobody holds the role **Sales**.",
        "Nobody holds the role **Makers**.",
    ]
    assert _ball(world) == "nobody yet (Sales) with [Scope](https://gitlab.test/scope)."


def test_user_names_that_gitlab_does_not_know_are_said() -> None:
    """A typing error in the configuration."""
    world = World(process(), unknown=("alcie",)).request().settle()
    (line,) = _limits(world)
    assert line.startswith("GitLab shows me no user `alcie`; whoever runs Launchbot should")


def test_projects_that_gitlab_does_not_show_are_said() -> None:
    """Those that the process needs, once each."""
    world = World(process(), concealed=("press", "attic")).request().settle()
    assert world.observe().installation.lacks()
    (line,) = _limits(world)
    assert line.startswith("GitLab does not show me the project that `launchbot.yml` calls `press`")


def test_an_installation_that_names_only_what_is_there_lacks_nothing() -> None:
    """Then there is nothing to look for again."""
    assert not World(process()).observe().installation.lacks()


def test_labels_that_a_project_lost_are_said_once() -> None:
    """Also when GitLab refused to set one: it is not tried again before it is back."""
    world = _started().lose("run", "g::locked", "g::open", project=2).settle()
    assert folded("\n".join(_limits(world))) == snapshot("""\
The project of **Build** has no label ~"g::locked" and ~"run" any more: it was renamed or
removed. I do not create it anew. Give it its old name again, or create it.\
""")
    world = _started().lose("g::open", project=2).finish("scope").settle()
    assert len(_limits(world)) == 1
    assert "has no label" in _limits(world)[0]
    world = _started().lose("run", project=1).settle()
    assert ["**the launch**" in line for line in _limits(world)] == [True, False]


def test_a_lost_label_that_is_not_wanted_any_more_is_not_said() -> None:
    """The gate has moved, and its new label is there."""
    world = _started().lose("g::locked", project=2).settle()
    assert len(_limits(world)) == 1
    assert _limits(world.finish("scope").settle()) == []


def test_lost_lines_of_a_task_list_are_said() -> None:
    """Until the phase is done; then nobody misses them."""
    world = _started().edit("tell", description="wiped").settle()
    assert _limits(world) == ["In **Tell** I find no line with a box for `words`, `blog`."]
    world.finish("scope").settle().edit("scope", description="wiped").settle()
    assert len(_limits(world)) == 1


def test_the_note_is_not_written_again_when_nothing_changed() -> None:
    """Chatter, other labels and passing days that make nothing late change nothing in it."""
    world = _started()
    revision = world.record().revision
    world.edit("root", labels=world.issues["root"].labels | {"nice"}, title="Other")
    world.wait(3).settle()
    assert world.record().revision == revision
    assert folded(_note(world)) == folded(_note(_started()))
    assert {ALICE, BOB, CAROL} == {
        issue.assignees[0] for n, issue in world.issues.items() if n != "request"
    }
