"""Launches from keys: found, brought to rest, and never started twice."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from bot.controller.reconciler import Reconciler
from bot.domain.actions import Plan
from bot.domain.errors import PermanentError, TransientError
from bot.gitlab.access import Access, connect
from bot.gitlab.directory import Known
from bot.gitlab.find import Found
from bot.store.memory import LaunchEntry
from bot.store.store import Store
from tests.domain.world import REQUEST_TEXT
from tests.gitlab.world import KEYS, Place, World, hide, new_world, show

EVERY = timedelta(minutes=10)


@dataclass
class Bot:
    """A reconciler over a local database, with a queue that a test empties by hand."""

    world: World
    file: Path
    queue: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.store = Store.open(f"sqlite:///{self.file}")
        self.local, self.known = threading.local(), Known()
        self.configuration = self.world.seeded.plan.configuration()
        self.reconciler = Reconciler(
            access=self.access,
            memory=self.store,
            enqueue=self.queue.append,
            clock=lambda: self.world.now,
            resync_every=EVERY,
        )

    def access(self) -> Access:
        """The hands of the calling thread."""
        if not hasattr(self.local, "access"):
            self.local.access = connect(
                self.world.network.client(self.world.seeded.bot_token),
                configuration=self.configuration,
                processes=self.world.processes,
                keyring=KEYS,
                shelf=self.store,
                known=self.known,
            )
        made: Access = self.local.access
        return made

    def work(self, *keys: str) -> datetime | None:
        """Work on keys, one after the other; when to come back to the last."""
        again = None
        for key in keys:
            again = self.reconciler(key)
        return again

    def resync(self) -> list[str]:
        """Look through everything; the keys that this found."""
        self.queue.clear()
        self.work("resync")
        return self.queue


@pytest.fixture
def world() -> Iterator[World]:
    """A simulated GitLab with three projects and three people."""
    made = new_world()
    yield made
    made.network.close()


@pytest.fixture
def bots(world: World, tmp_path: Path) -> Iterator[Callable[[], Bot]]:
    """Makes bots, each with a database of its own."""
    made: list[Bot] = []

    def make() -> Bot:
        made.append(Bot(world, tmp_path / f"{len(made)}.db"))
        return made[-1]

    yield make
    for bot in made:
        bot.store.close()


@pytest.fixture
def bot(bots: Callable[[], Bot]) -> Bot:
    """A bot that knows nothing yet."""
    return bots()


def issue(place: Place) -> str:
    """The key of an issue."""
    return f"issue:{place[0]}/{place[1]}"


def number(world: World, place: Place) -> str:
    """The id of the launch that a request starts."""
    return f"i{world.actor('alice').issue(place)['id']}"


def roots(world: World) -> list[str]:
    """Where root issues stand."""
    everything = world.everything().items()
    return [name for name, entry in everything if entry["title"].lower() == "small: acme cloud"]


def finish_scope(world: World) -> None:
    """Alice ticks every task of the first phase and closes it."""
    scope = (world.project("office"), 3)
    world.actor("alice").tick(scope, "talk", "papers", "call")
    world.actor("alice").close(scope)


# --- Keys ---------------------------------------------------------------------------------------


def test_every_kind_of_key_finds_its_launch(world: World, bot: Bot) -> None:
    """By the request, by any issue of it, by its own id, and by looking through a project."""
    place = world.request()
    bot.work(issue(place))
    assert roots(world) == ["office#2"]
    for key, day in (
        (issue((place[0], 3)), "2026-04-01"),
        (f"launch:{number(world, place)}", "2026-04-02"),
    ):
        world.actor("alice").change((place[0], 3), due_date=day)
        bot.work(key)
        assert day in world.everything()["office#2"]["notes"][0]
    assert bot.work(f"project:{place[0]}") is None
    assert set(bot.queue) == {issue(place), f"launch:{number(world, place)}"}


def test_issue_key_may_hold_a_path(world: World, bot: Bot) -> None:
    """The command line has nothing else."""
    place = world.request()
    found = bot.reconciler.find("team/office", place[1])
    assert found == Found(number(world, place), request=place)


@pytest.mark.parametrize("key", ["issue:1/4711", "launch:i4711", "issue:4711/1"])
def test_key_of_nothing_does_nothing(world: World, bot: Bot, key: str) -> None:
    """What a key names may be gone by the time it is worked on."""
    assert bot.work(key) is None
    assert world.sim.calls.writes == 0


def test_other_issue_is_none_of_its_business(world: World, bot: Bot) -> None:
    """Somebody commented somewhere."""
    place = world.actor("alice").file(world.project("office"), "Coffee", "", "kitchen")
    assert bot.work(issue(place)) is None
    assert bot.reconciler.find(*place) is None


def test_launch_says_when_to_look_again(world: World, bot: Bot) -> None:
    """When its first phase is late."""
    place = world.request()
    late = datetime(2026, 3, 17, tzinfo=UTC)
    assert bot.work(issue(place)) == late
    assert bot.work(issue(place)) == late


# --- Rest ---------------------------------------------------------------------------------------


def test_launch_at_rest_is_not_written_to(world: World, bot: Bot) -> None:
    """The normal plan is empty; and with its memory the bot reads little."""
    place = world.request()
    bot.work(issue(place))
    key = f"launch:{number(world, place)}"
    world.sim.clock.advance(timedelta(minutes=5))
    bot.work(key)
    world.forget_calls()
    bot.work(key)
    assert world.sim.calls.writes == 0
    assert len(world.asked("GET")) == 3


def test_comment_on_a_phase_issue_costs_one_more_read(world: World, bot: Bot) -> None:
    """Where nobody has commented since, comments are not read again."""
    place = world.request()
    bot.work(issue(place))
    key = f"launch:{number(world, place)}"
    world.sim.clock.advance(timedelta(minutes=5))
    bot.work(key)
    world.actor("alice").comment((place[0], 3), "Soon.")
    world.forget_calls()
    bot.work(key)
    assert world.sim.calls.writes == 0
    assert len(world.asked("GET")) == 4
    assert len(world.asked("GET", "/notes?")) == 1


def test_what_was_done_is_remembered_with_its_reason(world: World, bot: Bot) -> None:
    """The audit is local; where the launch is, too."""
    place = world.request()
    bot.work(issue(place))
    launch = number(world, place)
    audits = bot.store.audits(launch)
    assert audits[0].action == f"open the root issue in project {place[0]}"
    assert audits[0].reason == "the launch starts"
    note = world.observe(place).status
    assert note is not None
    entry = LaunchEntry(launch, "small", place[0], 2, note.note, "running")
    assert bot.store.recall(launch) == entry


def test_preview_changes_nothing(world: World, bot: Bot) -> None:
    """It is what reconcile would do, by the same code."""
    place = world.request()
    found = bot.reconciler.find(*place)
    assert found is not None
    writes = world.sim.calls.writes
    seen = bot.reconciler.preview(found)
    assert seen is not None
    assert len(seen[1].actions) == 12
    assert world.sim.calls.writes == writes
    assert bot.store.launches() == []
    bot.work(issue(place))
    found = bot.reconciler.locate(found)
    writes = world.sim.calls.writes
    seen = bot.reconciler.preview(found)
    assert seen is not None
    assert seen[1].actions == ()
    assert world.sim.calls.writes == writes
    assert bot.reconciler.preview(Found("i4711")) is None


def test_refusal_is_told_in_the_same_run(world: World, bot: Bot) -> None:
    """The second round writes down what the first could not do."""
    del world.sim.state.projects[world.project("factory")].members[world.user("bob")]
    place = world.request()
    bot.work(issue(place))
    status = world.observe(place).status
    assert status is not None
    assert "GitLab dropped bob" in status.text


def test_request_that_cannot_start_leaves_no_trace_but_the_answer(world: World, bot: Bot) -> None:
    """There is no launch to remember."""
    place = world.request()
    match = {"method": "POST", "path": r"projects/\d+/issues$"}
    world.sim.faults.add(kind="status", match=match, status=403)
    bot.work(issue(place))
    assert bot.store.launches() == []
    assert "I cannot start" in world.actor("alice").notes(place)[0]["body"]


def break_record(world: World, place: Place) -> tuple[str, str]:
    """A maintainer edits the status note; where it is, and what stands there now."""
    status = world.observe(place).status
    assert status is not None
    path = f"/projects/{place[0]}/issues/2/notes/{status.note}"
    body = world.seeded.admin.get(path)["body"].replace("small", "smart")
    world.seeded.admin.put(path, {"body": body})
    return path, body


def overviews(world: World) -> list[str]:
    """The status notes on the root, oldest first."""
    notes = world.actor("root").notes((world.project("office"), 2))
    return [note["body"] for note in notes if note["body"].startswith("### Small")]


def test_broken_record_is_restored_beside_it(world: World, bot: Bot) -> None:
    """From the local copy, with a revision above it; the broken one is never overwritten."""
    place = world.request()
    bot.work(issue(place))
    before = world.observe(place).record()
    assert before is not None
    path, body = break_record(world, place)
    bot.work(issue(place))
    assert world.seeded.admin.get(path)["body"] == body
    after = world.observe(place).record()
    assert after == before.model_copy(update={"revision": after.revision if after else 0})
    assert after.revision > before.revision
    assert len(overviews(world)) == 2


@pytest.mark.parametrize("harm", ["broken", "deleted"])
def test_lost_record_is_rebuilt_and_waits_for_somebody(
    world: World, bots: Callable[[], Bot], harm: str
) -> None:
    """Without a copy: markers and labels tell the rest, the launch pauses until it is resumed."""
    place = world.request()
    bots().work(issue(place))
    if harm == "broken":
        break_record(world, place)
    else:
        status = world.observe(place).status
        assert status is not None
        path = f"/projects/{place[0]}/issues/2/notes/{status.note}"
        world.seeded.admin._gitlab.http_delete(path)
    bot = bots()
    bot.work(issue(place))
    launch = number(world, place)
    kept = bot.store.recall(launch)
    assert kept is not None
    assert kept.state == "paused"
    finish_scope(world)
    bot.work(issue(place))
    assert world.everything()["factory#1"]["labels"] == ["g::locked", "run"]
    bot.work(f"resume:{launch}")
    assert world.everything()["factory#1"]["labels"] == ["g::open", "run"]
    kept = bot.store.recall(launch)
    assert kept is not None
    assert kept.state == "running"


def test_copy_is_kept_of_every_record(world: World, bot: Bot) -> None:
    """The newest; also of one that somebody else wrote."""
    place = world.request()
    bot.work(issue(place))
    launch = number(world, place)
    for is_overtaken in (False, True):
        if is_overtaken:
            overtake(world, place)
        bot.work(f"launch:{launch}")
        record = world.observe(place).record()
        assert record is not None
        assert bot.store.record(launch) == record.model_dump_json()


def test_copy_that_cannot_be_read_is_no_copy(world: World, bot: Bot) -> None:
    """The local database may hold anything, a record of another version, say."""
    place = world.request()
    bot.work(issue(place))
    launch = number(world, place)
    for text in ("{", "{}", '{"launch": "i1", "unknown": 1}'):
        bot.store.keep_record(launch, text)
        bot.work(issue(place))
        record = world.observe(place).record()
        assert record is not None
        assert bot.store.record(launch) == record.model_dump_json()


def test_launch_that_is_blocked_waits_for_a_change(world: World, bots: Callable[[], Bot]) -> None:
    """Without a record, and with a request that tells nothing any more, nobody knows the inputs."""
    place = world.request()
    observed = world.observe(place)
    world.apply(observed, Plan(world.plan(observed).actions[:1]))
    world.actor("alice").change(place, description="Never mind.")
    bot = bots()
    with pytest.raises(PermanentError, match=f"launch {observed.launch} is blocked: .* no record"):
        bot.work(issue(place))
    assert bot.store.audits(observed.launch) == []


def test_root_that_is_gone_is_not_opened_again(world: World, bot: Bot) -> None:
    """Somebody deleted it, or took the bot's access away."""
    place = world.request()
    bot.work(issue(place))
    del world.sim.state.projects[place[0]].issues[2]
    writes = world.sim.calls.writes
    for key in (issue(place), f"launch:{number(world, place)}"):
        with pytest.raises(PermanentError, match="root issue"):
            bot.work(key)
    assert world.sim.calls.writes == writes


# --- Meanwhile ----------------------------------------------------------------------------------


def overtake(world: World, place: Place) -> None:
    """Another bot writes the record first."""
    observed = world.observe(place)
    world.actor("alice").change((place[0], 3), due_date=f"2026-05-{len(world.asked()) % 28 + 1:02}")
    world.apply(world.observe(place))
    assert observed.status != world.observe(place).status


def test_conflict_leads_to_another_round(world: World, bot: Bot) -> None:
    """What was planned was planned on old knowledge."""
    place = world.request()
    bot.work(issue(place))
    status = world.observe(place).status
    assert status is not None
    finish_scope(world)
    pattern = rf"GET .*/notes/{status.note}$"
    # The first read of the note is the reader's, the second is the writer's.
    steps = [lambda: None, lambda: overtake(world, place)]
    world.network.before += [(pattern, step) for step in steps]
    bot.work(issue(place))
    assert world.network.before == []
    world.forget_calls()
    bot.work(issue(place))
    assert world.sim.calls.writes == 0
    assert world.everything()["factory#1"]["labels"] == ["g::open", "run"]
    assert len(world.everything()["factory#1"]["notes"]) == 1


def test_something_that_vanishes_in_between_leads_to_another_round(world: World, bot: Bot) -> None:
    """Access came and went."""
    place = world.request()
    bot.work(issue(place))
    finish_scope(world)
    world.sim.faults.add(kind="status", match={"path": "links"}, status=404)
    world.sim.faults.add(kind="status", match={"path": "issues/1/notes"}, status=404)
    bot.work(issue(place))
    assert world.everything()["factory#1"]["labels"] == ["g::open", "run"]


def test_launch_that_never_rests_is_postponed(world: World, bot: Bot) -> None:
    """It must not keep a worker for ever."""
    place = world.request()
    bot.work(issue(place))
    world.sim.faults.add(kind="status", match={"path": "links"}, status=404, times=None)
    with pytest.raises(TransientError, match="does not come to rest"):
        bot.work(issue(place))


# --- Once, and only once ------------------------------------------------------------------------


def test_two_requests_for_the_same_at_once_give_one_launch(world: World, bot: Bot) -> None:
    """Two threads, two requests, one partner."""
    places = [world.request(), world.request(REQUEST_TEXT.replace("Acme", "ACME"))]
    at_once(bot, [issue(place) for place in places])
    assert len(roots(world)) == 1
    answers = [world.actor("alice").notes(place)[0]["body"] for place in places]
    assert sorted("runs once at a time" in answer for answer in answers) == [False, True]


def test_two_keys_of_one_launch_at_once_do_everything_once(world: World, bot: Bot) -> None:
    """Hooks of the request and of a phase name the launch differently."""
    place = world.request()
    bot.work(issue(place))
    finish_scope(world)
    with ThreadPoolExecutor() as pool:

        def other_key() -> None:
            """The second comes while the first is about to write; it has time to overtake."""
            wait([pool.submit(bot.work, f"launch:{number(world, place)}")], timeout=0.3)

        world.network.before.append((r"POST .*/notes$", other_key))
        bot.work(issue(place))
    everything = world.everything()
    assert [len(everything[name]["notes"]) for name in ("factory#1", "press#1")] == [1, 1]
    assert everything["factory#1"]["labels"] == ["g::open", "run"]


def test_lost_write_is_waited_for_whatever_touches_the_launch(world: World, bot: Bot) -> None:
    """A write without an answer may still commit within a minute; a hook may come sooner."""
    place = world.request()
    match = {"method": "POST", "path": r"projects/\d+/issues$"}
    world.sim.faults.add(kind="commit_later", match=match, seconds=50)
    with pytest.raises(TransientError, match="lost") as caught:
        bot.work(issue(place))
    assert caught.value.retry_after == 60
    world.wait(seconds=20)
    second = world.request()
    for key in (issue(place), issue(second)):
        with pytest.raises(TransientError, match="left alone") as caught:
            bot.work(key)
        assert caught.value.retry_after == 40
    assert roots(world) == []
    world.wait(seconds=40)
    bot.work(issue(second), issue(place))
    assert len(roots(world)) == 1
    assert world.observe(place).root is not None
    assert "runs once at a time" in world.actor("alice").notes(second)[0]["body"]


def test_lost_database_loses_nothing(world: World, bots: Callable[[], Bot]) -> None:
    """In the middle of a launch; everything stands in GitLab."""
    place = world.request()
    bots().work(issue(place))
    finish_scope(world)
    keys = set(bots().resync())
    bots().work(*keys)
    before = world.everything()
    world.forget_calls()
    fresh = bots()
    fresh.work(*fresh.resync())
    assert world.sim.calls.writes == 0
    assert world.everything() == before
    assert before["factory#1"]["labels"] == ["g::open", "run"]
    assert len(roots(world)) == 1


# --- Resync -------------------------------------------------------------------------------------


def test_lost_hook_is_found_by_resync(world: World, bot: Bot) -> None:
    """A request that nobody told of starts all the same."""
    assert bot.resync() == []
    world.wait(minutes=30)
    place = world.request()
    assert bot.resync() == [issue(place)]
    bot.work(*bot.queue)
    assert roots(world) == ["office#2"]


def test_resync_of_nothing_is_one_list_for_each_project(world: World, bot: Bot) -> None:
    """Whatever the number of launches."""
    for partner in ("Acme", "Other", "Third"):
        bot.work(issue(world.request(REQUEST_TEXT.replace("Acme", partner))))
    bot.resync()
    world.wait(minutes=10)
    world.forget_calls()
    assert bot.work("resync") == world.now + EVERY
    assert len(world.asked("GET", "/issues?")) == len(world.asked("/issues")) == 3
    assert all("updated_after" in call for call in world.asked("/issues?"))
    assert world.sim.calls.writes == 0


def test_project_with_two_names_is_looked_through_once(world: World, bot: Bot) -> None:
    """A small installation has one project for everything."""
    projects = {**bot.configuration.projects, "annex": world.project("office")}
    bot.configuration = bot.configuration.model_copy(update={"projects": projects})
    bot.resync()
    assert len(world.asked("/issues?")) == 3


def test_resync_notices_people_who_join(world: World, bot: Bot) -> None:
    """All threads share what is known, so that they do not write against each other."""
    roles = {**bot.configuration.roles, "makers": ("dora",)}
    bot.configuration = bot.configuration.model_copy(update={"roles": roles})
    bot.resync()
    assert bot.access().directory.installation().unknown == ("dora",)
    body = {"username": "dora", "name": "D", "email": "d@x.test", "password": "invented-0815"}
    world.seeded.admin.post("/users", body)
    bot.resync()
    assert bot.access().directory.installation().unknown == ()


def test_resync_goes_on_where_a_project_is_not_shown(world: World, bot: Bot) -> None:
    """What changed there is looked for again, from where it was last seen."""
    bot.resync()
    seen = bot.store.watermark(world.project("factory"))
    hide(world, "factory")
    world.wait(minutes=10)
    place = world.request()
    with capture_logs() as logs:
        assert bot.resync() == [issue(place)]
    assert [log["event"] for log in logs] == ["project_not_visible"]
    assert bot.store.watermark(world.project("factory")) == seen
    assert bot.store.watermark(world.project("office")) == world.now


def test_project_that_was_never_shown_is_looked_through_once_it_is(world: World, bot: Bot) -> None:
    """A wrong path is mended in GitLab; nobody wakes the bot for that, and the rest goes on."""
    hide(world, "factory")
    assert bot.work("resync") == world.now + EVERY
    assert bot.store.watermark(world.project("factory")) is None
    assert bot.store.watermark(world.project("office")) is not None
    show(world, "factory")
    bot.resync()
    assert bot.store.watermark(world.project("factory")) is not None


def test_resync_tries_again_what_was_given_up(world: World, bot: Bot) -> None:
    """Nothing else tells that access came back."""
    bot.store.enqueue("launch:i4711", world.now, world.now)
    claim = bot.store.claim(world.now)
    assert claim is not None
    bot.store.fail(claim, "not shown", None)
    assert bot.resync() == ["launch:i4711"]


def test_resync_tries_again_what_a_wrong_clock_put_off(world: World, bot: Bot) -> None:
    """It was ahead by hours; no failure waits longer than minutes."""
    for key, pause in (("launch:i1", timedelta(hours=5)), ("launch:i2", timedelta(minutes=2))):
        bot.store.enqueue(key, world.now, world.now)
        claim = bot.store.claim(world.now)
        assert claim is not None
        bot.store.fail(claim, "GitLab is down", world.now + pause)
    assert bot.resync() == ["launch:i1"]


def at_once(bot: Bot, keys: list[str]) -> None:
    """Work on keys in threads that start together."""
    start = threading.Barrier(len(keys))

    def work(key: str) -> None:
        start.wait()
        bot.work(key)

    with ThreadPoolExecutor(len(keys)) as pool:
        for done in [pool.submit(work, key) for key in keys]:
            done.result()
