"""The `/simulator/...` paths: time, tier, faults, deliveries and reset of the simulator itself.

No real GitLab has these; they stay apart from the API and need no token.
"""

from typing import Any

from bot.simulator import job_tokens, merging, pipelines
from bot.simulator.control_bodies import NewJob, NewTier, NewTime, Outcome, Step, read, within_reach
from bot.simulator.errors import not_found
from bot.simulator.faults import Fault
from bot.simulator.outbox import Delivery
from bot.simulator.routing import Answer, Call, Route
from bot.simulator.text import iso


def summary(call: Call) -> Any:
    """What there is and what was called."""
    sim = call.sim
    return {
        "url": sim.url,
        "version": sim.version,
        "tier": sim.tier,
        "now": iso(sim.clock.now()),
        "users": len(sim.state.users),
        "groups": sum(1 for space in sim.state.namespaces.values() if space.owner is None),
        "projects": len(sim.state.projects),
        "issues": len(sim.state.issues),
        "merge_requests": len(sim.state.merge_requests),
        "notes": len(sim.state.notes),
        "calls": {"reads": sim.calls.reads, "writes": sim.calls.writes},
        "pending_deliveries": len(sim.outbox.pending),
        "faults": len(sim.faults.rules),
    }


def get_clock(call: Call) -> Any:
    """The simulated time."""
    return {"now": iso(call.sim.clock.now())}


def set_clock(call: Call) -> Any:
    """Set the time to `now`."""
    call.sim.clock.set(within_reach(read(call, NewTime).now))
    return get_clock(call)


def advance_clock(call: Call) -> Any:
    """Move time on by any of `seconds`, `minutes`, `hours`, `days`."""
    clock = call.sim.clock
    clock.set(within_reach(clock.now() + read(call, Step).length))
    return Answer(get_clock(call))


def get_tier(call: Call) -> Any:
    """The tier."""
    return {"tier": call.sim.tier}


def set_tier(call: Call) -> Any:
    """Change the tier."""
    call.sim.tier = read(call, NewTier).tier
    return get_tier(call)


def list_faults(call: Call) -> Any:
    """The rules still in force."""
    return [_fault(rule) for rule in call.sim.faults.rules]


def add_fault(call: Call) -> Any:
    """Add a rule, with the keys of `faults.Fault`."""
    rule = read(call, Fault)
    call.sim.faults.rules.append(rule)
    return _fault(rule)


def clear_faults(call: Call) -> None:
    """Behave again."""
    call.sim.faults.clear()


def list_deliveries(call: Call) -> Any:
    """The deliveries that wait."""
    return [_delivery(entry) for entry in call.sim.outbox.pending]


def drop_deliveries(call: Call) -> None:
    """Lose the deliveries that wait."""
    call.sim.outbox.take()


def drop_delivery(call: Call) -> None:
    """Lose one waiting delivery."""
    for entry in call.sim.outbox.pending:
        if entry.id == call.vars["delivery_id"]:
            call.sim.outbox.pending.remove(entry)
            return
    raise not_found("Delivery")


def double_delivery(call: Call) -> Any:
    """Queue a waiting delivery once more."""
    for entry in call.sim.outbox.pending:
        if entry.id == call.vars["delivery_id"]:
            call.sim.outbox.add(entry)
            return _delivery(entry)
    raise not_found("Delivery")


def reverse_deliveries(call: Call) -> Any:
    """Turn the order of the waiting deliveries around."""
    for entry in call.sim.outbox.take():
        call.sim.outbox.add(entry, first=True)
    return list_deliveries(call)


def pause_deliveries(call: Call) -> Any:
    """Send nothing until resumed."""
    call.sim.outbox.paused = True
    return {"paused": True}


def resume_deliveries(call: Call) -> Any:
    """Send again."""
    call.sim.outbox.paused = False
    call.sim.outbox.wake()
    return {"paused": False}


def reset(call: Call) -> Any:
    """Forget everything but the clock, the tier and the URL."""
    call.sim.reset()
    return Answer(summary(call))


def start_job(call: Call) -> Any:
    """A pipeline job starts in `project`, for `username`: the token that GitLab gives it."""
    wanted = read(call, NewJob)
    user = call.sim.state.user_named(wanted.username)
    project = call.sim.state.projects.get(wanted.project)
    if user is None or project is None:
        raise not_found("User" if project else "Project")
    token = job_tokens.create(call.sim, user, project)
    return {"token": token.value, "project_id": project.id, "user_id": user.id}


def end_job(call: Call) -> None:
    """The job of a token is over, and so is the token."""
    token = call.sim.state.job_tokens.get(call.vars["token"])
    if token is None:
        raise not_found("Job")
    token.running = False


def finish_job(call: Call) -> Any:
    """A job of a pipeline goes as a runner would let it: `status` says how."""
    status = read(call, Outcome).status
    for project in call.sim.state.projects.values():
        for pipeline in project.pipelines.values():
            for job in pipeline.jobs:
                if str(job.id) == call.vars["job_id"]:
                    pipelines.set_job(call.sim, job, status)
                    merging.auto_merge(call.sim, project)
                    return {"id": job.id, "status": job.status, "pipeline": pipeline.status}
    raise not_found("Job")


def list_calls(call: Call) -> Any:
    """The last API calls."""
    keys = ("method", "path", "user", "status")
    return [dict(zip(keys, entry, strict=True)) for entry in call.sim.calls.log]


def _fault(rule: Fault) -> dict[str, Any]:
    return rule.model_dump(mode="json") | {"match": rule.match.model_dump(exclude_unset=True)}


def _delivery(entry: Delivery) -> dict[str, Any]:
    return {
        "id": entry.id,
        "hook_id": entry.hook_id,
        "url": entry.url,
        "event": entry.headers["X-Gitlab-Event"],
        "body": entry.body.decode(),
    }


ROUTES = (
    Route("GET", "/simulator", summary),
    Route("GET", "/simulator/clock", get_clock),
    Route("PUT", "/simulator/clock", set_clock),
    Route("POST", "/simulator/clock/advance", advance_clock),
    Route("GET", "/simulator/tier", get_tier),
    Route("PUT", "/simulator/tier", set_tier),
    Route("GET", "/simulator/faults", list_faults),
    Route("POST", "/simulator/faults", add_fault),
    Route("DELETE", "/simulator/faults", clear_faults),
    Route("GET", "/simulator/hooks", list_deliveries),
    Route("DELETE", "/simulator/hooks", drop_deliveries),
    Route("POST", "/simulator/hooks/pause", pause_deliveries),
    Route("POST", "/simulator/hooks/resume", resume_deliveries),
    Route("POST", "/simulator/hooks/reverse", reverse_deliveries),
    Route("DELETE", "/simulator/hooks/:delivery_id", drop_delivery),
    Route("POST", "/simulator/hooks/:delivery_id/double", double_delivery),
    Route("POST", "/simulator/jobs", start_job),
    Route("DELETE", "/simulator/jobs/:token", end_job),
    Route("PUT", "/simulator/jobs/:job_id", finish_job),
    Route("GET", "/simulator/calls", list_calls),
    Route("POST", "/simulator/reset", reset),
)
