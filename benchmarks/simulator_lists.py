"""How fast the simulator answers lists when it holds 1,000 launches (5,000 issues).

`.venv/bin/python benchmarks/simulator_lists.py` prints the slowest and the middle of ten answers
per list, in milliseconds, as JSON with the machine. The goal is 50 ms; nothing fails when it is
missed.
"""

import json
import os
import platform
import statistics
import time
from datetime import UTC, datetime

from starlette.testclient import TestClient

from bot.simulator import Simulator, create_app

LAUNCHES, PROJECTS, ROUNDS = 1_000, 5, 10
TOKEN = "benchmark-token-0123456789"  # noqa: S105 - a made-up world's own token
TASKS = "<!-- launchbot:v1 -->\n" + "- [ ] a task\n" * 10
LISTS = (
    "/projects/1/issues",
    "/projects/1/issues?labels=launch&per_page=100",
    "/projects/1/issues?pagination=keyset&order_by=created_at&per_page=100",
    "/projects/1/issues?updated_after=2026-03-01T00:00:00Z&order_by=updated_at&sort=asc&per_page=100",
    "/groups/2/issues?per_page=100",
    "/groups/2/issues?labels=launch,team-3&state=opened&per_page=100",
    "/groups/2/issues?author_username=bot&per_page=100&page=50",
    "/groups/2/issues?search=launch+step&per_page=100",
    "/issues?scope=all&per_page=100",
    "/projects/1/labels?with_counts=true&per_page=100",
    "/groups/2/issues_statistics",
    "/projects?per_page=100",
)


def filled() -> tuple[TestClient, str]:
    """A client of a simulator with all the launches, and the token of their author."""
    sim = Simulator(root_token=TOKEN, now=datetime(2026, 3, 2, tzinfo=UTC))
    client = TestClient(create_app(sim), base_url="http://gitlab.test/api/v4")
    root = {"PRIVATE-TOKEN": TOKEN}
    client.post("/groups", json={"name": "Teams", "path": "teams"}, headers=root)
    fields = {"username": "bot", "name": "Bot", "email": "bot@x.test", "password": "long enough"}
    client.post("/users", json=fields, headers=root)
    made = client.post(
        "/users/2/personal_access_tokens", json={"name": "b", "scopes": ["api"]}, headers=root
    )
    for number in range(PROJECTS):
        place = {"name": f"Project {number}", "namespace_id": 2}
        project = client.post("/projects", json=place, headers=root).json()
        member = {"user_id": 2, "access_level": 20}
        client.post(f"/projects/{project['id']}/members", json=member, headers=root)
    bot = {"PRIVATE-TOKEN": made.json()["token"]}
    for launch in range(LAUNCHES):
        for step in range(PROJECTS):
            labels = f"launch,phase::{step},team-{launch % 20}"
            issue = {"title": f"Launch {launch} step {step}", "description": TASKS}
            path = f"/projects/{step + 1}/issues"
            client.post(path, json=issue | {"labels": labels}, headers=bot).raise_for_status()
        sim.outbox.take()
    return client, made.json()["token"]


def measured(client: TestClient, token: str, path: str) -> dict[str, float]:
    """The middle and the slowest of some answers, in milliseconds."""
    times = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        client.get(path, headers={"PRIVATE-TOKEN": token}).raise_for_status()
        times.append((time.perf_counter() - start) * 1000)
    return {"median_ms": round(statistics.median(times), 1), "slowest_ms": round(max(times), 1)}


def main() -> None:
    """Fill, measure, print."""
    start = time.perf_counter()
    client, token = filled()
    seconds = round(time.perf_counter() - start, 1)
    figures = {path: measured(client, token, path) for path in LISTS}
    machine = {"python": platform.python_version(), "cpus": os.cpu_count()}
    machine |= {"system": platform.platform()}
    issues = LAUNCHES * PROJECTS
    result = {"issues": issues, "filled_in_s": seconds, "lists": figures, "machine": machine}
    print(json.dumps(result, indent=2))  # noqa: T201 - what it is for


if __name__ == "__main__":
    main()
