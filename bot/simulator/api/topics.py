"""Topics of projects: https://docs.gitlab.com/api/topics/."""

from typing import Any

from bot.simulator.api import finders
from bot.simulator.errors import invalid, invalid_fields, not_found
from bot.simulator.model import File
from bot.simulator.paging import paged
from bot.simulator.routing import Answer, Call, Route

Entry = dict[str, Any]


def list_topics(call: Call) -> Answer:
    """The topics, those of the most projects first."""
    search = (call.params.text("search") or "").lower()
    lonely = call.params.flag("without_projects")
    shown = [_shown(call, topic) for topic in _shelf(call).values()]
    found = [
        topic
        for topic in shown
        if search in topic["name"].lower() and not (lonely and topic["total_projects_count"])
    ]
    found.sort(key=lambda topic: (-topic["total_projects_count"], topic["id"]))
    return paged(call, found, dict)


def get_topic(call: Call) -> Any:
    """One topic."""
    return _shown(call, _topic(call))


def create_topic(call: Call) -> Any:
    """An administrator makes a topic."""
    finders.administrator(call)
    call.params.require("name", "title")
    _require_new(call, call.params.required_text("name"))
    number = call.sim.state.next_id("topic")
    topic: Entry = {"id": number, "description": None, "organization_id": 1, "avatar_url": None}
    _apply(call, topic)
    _shelf(call)[str(number)] = topic
    return _shown(call, topic)


def update_topic(call: Call) -> Any:
    """An administrator changes a topic."""
    finders.administrator(call)
    topic, name = _topic(call), call.params.text("name")
    if name and name != topic["name"]:
        _require_new(call, name)
    _apply(call, topic)
    return _shown(call, topic)


def delete_topic(call: Call) -> None:
    """An administrator removes a topic."""
    finders.administrator(call)
    del _shelf(call)[str(_topic(call)["id"])]


def merge_topics(call: Call) -> Any:
    """The projects of one topic go to another, and the first is gone."""
    finders.administrator(call)
    call.params.require("source_topic_id", "target_topic_id")
    source, target = (_by_id(call, name) for name in ("source_topic_id", "target_topic_id"))
    if source is target:
        raise invalid("The source topic and the target topic are identical.")
    for project in call.sim.state.projects.values():
        named = [target["name"] if t == source["name"] else t for t in project.topics]
        project.topics = list(dict.fromkeys(named))
    del _shelf(call)[str(source["id"])]
    return _shown(call, target)


def _apply(call: Call, topic: Entry) -> None:
    params = call.params
    for name in ("name", "title", "description"):
        topic[name] = params.text(name, topic.get(name))
    if params.has("avatar"):
        sent = params.values["avatar"]
        place = f"{call.sim.url}/uploads/-/system/projects/topic/avatar/{topic['id']}"
        topic["avatar_url"] = f"{place}/{sent.name}" if isinstance(sent, File) else None


def _shown(call: Call, topic: Entry) -> Entry:
    every = call.sim.state.projects.values()
    return topic | {"total_projects_count": sum(topic["name"] in p.topics for p in every)}


def _require_new(call: Call, name: str) -> None:
    if any(topic["name"].lower() == name.lower() for topic in _shelf(call).values()):
        raise invalid_fields(name=["has already been taken"])


def _shelf(call: Call) -> dict[str, Entry]:
    return call.sim.state.kept.shelf("", 0, "topics")


def _topic(call: Call) -> Entry:
    found = _shelf(call).get(call.vars["topic_id"])
    if found is None:
        raise not_found()
    return found


def _by_id(call: Call, name: str) -> Entry:
    found = _shelf(call).get(str(call.params.required_integer(name)))
    if found is None:
        raise not_found()
    return found


ROUTES = (
    Route("GET", "/topics", list_topics),
    Route("POST", "/topics", create_topic),
    Route("POST", "/topics/merge", merge_topics),
    Route("GET", "/topics/:topic_id", get_topic),
    Route("PUT", "/topics/:topic_id", update_topic),
    Route("DELETE", "/topics/:topic_id", delete_topic),
)
