"""What a whole instance has: version, licence, settings, background work, health.

https://docs.gitlab.com/api/metadata/, https://docs.gitlab.com/api/license/,
https://docs.gitlab.com/api/settings/, https://docs.gitlab.com/api/sidekiq_metrics/
Also empty lists of what is not modelled, for clients that tidy up before they begin.
"""

from typing import Any

from markdown_it import MarkdownIt

from bot.simulator.api import finders
from bot.simulator.errors import invalid_fields, message, not_found
from bot.simulator.paging import paged
from bot.simulator.routing import Answer, Call, Route
from bot.simulator.text import iso, iso_day

_EMPTY = ("runners",)
_EMPTY_PROJECT = ("resource_groups",)
_PLACES = ("projects", "groups")
_MARKDOWN = MarkdownIt("commonmark", {"html": False}).enable("table")
_NO_GRAPHQL = "GraphQL is not modelled by this simulator; use the REST API v4"


def metadata(call: Call) -> Any:
    """Version of this GitLab."""
    kas = {"enabled": False, "externalUrl": None, "externalK8sProxyUrl": None, "version": None}
    return version(call) | {"kas": kas, "enterprise": True}


def version(call: Call) -> dict[str, Any]:
    """The short form of the metadata."""
    return {"version": call.user and call.sim.version, "revision": "0123456789a"}


def get_license(call: Call) -> Any:
    """The licence: 404 on Free, which has none."""
    admin = finders.administrator(call)
    if not call.sim.premium:
        raise not_found()
    return {
        "id": 1,
        "plan": "premium",
        "created_at": iso(admin.created_at),
        "starts_at": iso_day(admin.created_at.date()),
        "expires_at": None,
        "historical_max": len(call.sim.state.users),
        "maximum_user_count": len(call.sim.state.users),
        "expired": False,
        "overage": 0,
        "user_limit": 0,
        "active_users": len(call.sim.state.users),
        "licensee": {"Name": admin.name},
        "add_ons": {},
    }


def set_license(call: Call) -> Any:
    """No key is a valid one here: the tier is chosen when the simulator starts."""
    finders.administrator(call)
    call.params.require("license")
    raise message(400, "The license key is invalid.")


def get_settings(call: Call) -> Any:
    """The instance's settings: kept; effect have limits of API calls and of visibility."""
    finders.administrator(call)
    return dict(call.sim.state.settings)


def update_settings(call: Call) -> Any:
    """Keep the settings that are known, each in its type."""
    finders.administrator(call)
    known = call.sim.state.settings
    known |= {
        name: _setting(call, name, value)
        for name, value in known.items()
        if name != "id" and call.params.has(name)
    }
    return get_settings(call)


def _setting(call: Call, name: str, before: Any) -> Any:
    if isinstance(before, bool):
        return call.params.flag(name)
    if isinstance(before, int):
        return _number(call, name)
    if isinstance(before, list):
        return call.params.words(name)
    return call.params.text(name)


def _number(call: Call, name: str) -> int:
    """A count or a time; a limit that is switched on needs one above zero."""
    number, least = call.params.required_integer(name), int(name.startswith("throttle_"))
    if number < least:
        bound = f"greater than {'' if least else 'or equal to '}0"
        raise invalid_fields(**{name: [f"must be {bound}"]})
    return number


def nothing(call: Call) -> Answer:
    """An empty list."""
    return paged(call, [], str)


def nothing_for_callers(call: Call) -> Answer:
    """An empty list for who has a token."""
    return nothing(call) if call.user else Answer([])


def render_markdown(call: Call) -> Any:
    """Plain CommonMark as HTML: https://docs.gitlab.com/api/markdown/.

    References are no links here, so `gfm` changes nothing; its `project` must be there.
    """
    call.params.flag("gfm")
    place = call.params.text("project")
    if place:
        finders.project(call, place)
    return {"html": html(call.params.required_text("text"))}


def html(text: str) -> str:
    """Markdown rendered, without any HTML of its own."""
    return str(_MARKDOWN.render(text))


def process_metrics(call: Call) -> Any:
    """Background work is done at once here, so that nothing is ever busy."""
    finders.administrator(call)
    started = iso(call.sim.root.created_at)
    process = {"hostname": "simulator", "pid": 1, "tag": "default", "started_at": started}
    return {"processes": [process | {"queues": ["default"], "concurrency": 1, "busy": 0}]}


def queue_metrics(call: Call) -> Any:
    """The queues, which are always empty."""
    finders.administrator(call)
    return {"queues": {"default": {"backlog": 0, "latency": 0}}}


def job_stats(call: Call) -> Any:
    """How much background work there was."""
    finders.administrator(call)
    return {"jobs": {"processed": 0, "failed": 0, "enqueued": 0, "dead": 0}}


def compound_metrics(call: Call) -> Any:
    """All of these."""
    return queue_metrics(call) | process_metrics(call) | job_stats(call)


def no_graphql(call: Call) -> Answer:
    """Say clearly that there is only REST."""
    return Answer({"errors": [{"message": f"{_NO_GRAPHQL}: {call.path}"}]}, 404)


def health(_call: Call) -> str:
    """https://docs.gitlab.com/administration/monitoring/health_check/."""
    return "GitLab OK"


def alive(_call: Call) -> Any:
    """The same for readiness and liveness."""
    return {"status": "ok"}


ROUTES = (
    Route("GET", "/metadata", metadata),
    Route("GET", "/version", version),
    Route("POST", "/markdown", render_markdown),
    Route("GET", "/license", get_license),
    Route("POST", "/license", set_license),
    Route("GET", "/application/settings", get_settings),
    Route("PUT", "/application/settings", update_settings),
    Route("GET", "/sidekiq/process_metrics", process_metrics),
    Route("GET", "/sidekiq/queue_metrics", queue_metrics),
    Route("GET", "/sidekiq/job_stats", job_stats),
    Route("GET", "/sidekiq/compound_metrics", compound_metrics),
    *(Route("GET", f"/projects/:id/{name}", nothing) for name in _EMPTY_PROJECT),
    *(Route("GET", f"/{place}/:id/{name}", nothing) for place in _PLACES for name in _EMPTY),
    Route("GET", "/groups/:id/provisioned_users", nothing),
    Route("GET", "/projects/:id/deployments", nothing),
    Route("GET", "/projects/:id/issues/:iid/metric_images", nothing),
    Route("GET", "/projects/:id/issues/:iid/resource_iteration_events", nothing),
    Route("GET", "/projects/:id/merge_requests/:iid/context_commits", nothing),
    Route("GET", "/user/activities", nothing_for_callers),
)

OUTSIDE_ROUTES = (
    Route("POST", "/api/graphql", no_graphql),
    Route("GET", "/api/graphql", no_graphql),
    Route("GET", "/-/health", health),
    Route("GET", "/-/readiness", alive),
    Route("GET", "/-/liveness", alive),
)
