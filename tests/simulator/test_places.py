"""Groups, projects, members, and the shape of lists and errors."""

from datetime import timedelta
from typing import Any

import pytest

from tests.simulator.conftest import World


def test_unknown_path_and_method_are_refused(world: World) -> None:
    """404 and 405 come with the key `error`."""
    assert world.root.get("/nothing/here", 404) == {"error": "404 Not Found"}
    assert world.root.delete("/version", 405) == {"error": "405 Not Allowed"}
    assert world.client.get("/elsewhere").status_code == 404


def test_encoded_path_names_a_nested_project(world: World) -> None:
    """`:id` is a number or a path with %2F, whatever the case."""
    sub = world.root.post("/groups", name="Sub", path="sub", parent_id=world.group["id"])
    made = world.root.post("/projects", name="Deep One", namespace_id=sub["id"])
    assert made["path_with_namespace"] == "team/sub/deep-one"
    assert world.root.get("/projects/team%2Fsub%2FDeep-One")["id"] == made["id"]
    assert world.root.get("/groups/team%2Fsub")["id"] == sub["id"]
    assert made["name_with_namespace"] == "Team / Sub / Deep One"


def test_private_project_is_hidden_from_strangers(world: World) -> None:
    """404, not 403, so that nobody learns that it exists."""
    assert world.nora.get(world.path, 404) == {"message": "404 Project Not Found"}
    assert world.nobody.get(world.path, 404) == {"message": "404 Project Not Found"}
    assert world.nora.get("/groups/team", 404) == {"message": "404 Group Not Found"}
    assert world.rita.get("/groups/team")["full_path"] == "team"
    assert world.nora.get("/projects") == []
    world.root.get("/groups/team%2Fproj", 404)
    world.root.get("/groups/root", 404)


def test_internal_and_public_projects_are_seen(world: World) -> None:
    """Internal is for everyone signed in, public for everyone."""
    world.open("internal")
    world.nora.get(world.path)
    world.nobody.get(world.path, 404)
    world.open()
    shown = world.nobody.get(world.path)
    assert shown["visibility"] == "public"
    assert "permissions" not in shown


def test_groups_are_listed_and_filtered(world: World) -> None:
    """Search, top level only, subgroups, descendants, projects."""
    sub = world.root.post("/groups", name="Sub", path="sub", parent_id=world.group["id"])
    deep = world.root.post("/groups", name="Deep", path="deep", parent_id=sub["id"])
    world.root.post("/projects", name="Inner", namespace_id=deep["id"])
    get = world.root.get
    assert [g["name"] for g in get("/groups")] == ["Deep", "Sub", "Team"]
    assert [g["name"] for g in get("/groups", top_level_only=True)] == ["Team"]
    assert [g["name"] for g in get("/groups", search="ee")] == ["Deep"]
    assert [g["name"] for g in world.olga.get("/groups", owned=True)] == []
    assert [g["name"] for g in get("/groups/team/subgroups")] == ["Sub"]
    assert {g["name"] for g in get("/groups/team/descendant_groups")} == {"Sub", "Deep"}
    assert [p["name"] for p in get("/groups/team/projects")] == ["Proj"]
    inside = get("/groups/team/projects", include_subgroups=True, simple=True)
    assert [p["name"] for p in inside] == ["Inner", "Proj"]
    assert get("/groups/team")["projects"][0]["name"] == "Proj"
    assert "projects" not in get("/groups/team", with_projects=False)


def test_group_is_changed_and_removed_by_owners(world: World) -> None:
    """Paths follow; removal takes everything below, after a while."""
    world.olga.put("/groups/team", 403, name="X")
    world.root.put("/groups/team", name="Crew", path="crew", description="d")
    assert world.root.get("/projects/crew%2Fproj")["id"] == world.project["id"]
    world.root.post("/groups", name="Sub", path="sub", parent_id=world.group["id"])
    assert world.root.delete("/groups/crew", 202) == {"message": "202 Accepted"}
    world.root.get("/groups/crew", 404)
    world.sim.clock.advance(timedelta(days=30))
    world.root.get(world.path, 404)


@pytest.mark.parametrize(
    ("path", "body", "answer"),
    [
        ("/groups", {"name": "x"}, {"error": "path is missing"}),
        ("/groups", {"name": "x", "path": "a b"}, None),
        ("/projects", {}, None),
        ("/projects", {"name": "Proj", "namespace_id": 1}, None),
    ],
)
def test_bad_place_is_refused(world: World, path: str, body: Any, answer: Any) -> None:
    """Missing, malformed and taken names are 400."""
    if body.get("namespace_id"):
        body = {"name": "Proj", "namespace_id": world.group["id"]}
    said = world.root.post(path, 400, **body)
    assert answer is None or said == answer


def test_group_path_is_unique(world: World) -> None:
    """The taken path is named in the message."""
    said = world.root.post("/groups", 400, name="Team", path="team")
    assert "has already been taken" in said["message"]


def test_project_defaults_to_the_own_namespace(world: World) -> None:
    """Without a namespace it is personal, and its maker is Owner."""
    made = world.nora.post("/projects", name="Mine")
    assert made["path_with_namespace"] == "nora/mine"
    assert made["namespace"]["kind"] == "user"
    assert [p["name"] for p in world.nora.get(f"/users/{world.nora.id}/projects")] == ["Mine"]
    assert [p["name"] for p in world.nora.get("/projects", owned=True)] == ["Mine"]
    assert [p["name"] for p in world.nora.get("/projects", membership=True)] == ["Mine"]
    assert [p["name"] for p in world.nora.get("/projects", min_access_level=50)] == ["Mine"]
    assert world.nora.get("/projects", visibility="public") == []
    said = world.nora.post("/projects", 400, name="X", namespace_id=world.group["id"])
    assert said == {"message": {"namespace": ["is not valid"]}}
    world.nora.delete(f"/projects/{made['id']}", 202)


def test_namespace_is_taken_by_groups_and_users_only(world: World) -> None:
    """Whoever may see it, for all who have a token; a project takes no namespace."""
    above = world.group["id"]
    world.root.post("/groups", name="Sub", path="sub", parent_id=above)
    found = world.nora.get("/namespaces/sub/exists", parent_id=above)
    assert found == {"exists": True, "suggests": ["sub1"]}
    assert world.nora.get("/namespaces/proj/exists", parent_id=above)["exists"] is False
    world.nobody.get("/namespaces/sub/exists", 401)


def test_namespaces_need_a_role(world: World) -> None:
    """A Guest of a group makes no project in it."""
    path = f"/groups/{world.group['id']}/members"
    world.root.post(path, user_id=world.nora.id, access_level=10)
    said = world.nora.post("/projects", 400, name="X", namespace_id=world.group["id"])
    assert said == {"message": {"namespace": ["is not valid"]}}
    assert [n["full_path"] for n in world.nora.get("/namespaces")] == ["nora", "team"]
    assert world.nora.get("/namespaces/team")["kind"] == "group"
    world.nora.get("/namespaces/nowhere", 404)


def test_project_settings_are_changed_by_maintainers(world: World) -> None:
    """Features in both spellings, topics, name, path."""
    world.dora.put(world.path, 403, name="X")
    changed = world.mia.put(
        world.path,
        name="New",
        path="fresh",
        topics=["a"],
        wiki_access_level="private",
        issues_enabled=False,
        only_allow_merge_if_pipeline_succeeds=True,
    )
    assert changed["path_with_namespace"] == "team/fresh"
    assert changed["topics"] == ["a"]
    assert changed["wiki_access_level"] == "private"
    assert changed["issues_enabled"] is False
    assert changed["only_allow_merge_if_pipeline_succeeds"] is True
    assert world.mia.get("/projects", search="new", archived=False)[0]["name"] == "New"


def test_archived_project_is_read_only(world: World) -> None:
    """Only Owners archive; then nothing can be written until it is undone."""
    world.mia.post(f"{world.path}/archive", 403)
    world.olga.post(f"{world.path}/archive")
    world.rita.post(f"{world.path}/issues", 403, title="x")
    world.olga.post(f"{world.path}/unarchive")
    world.rita.post(f"{world.path}/issues", title="x")


def test_project_moves_to_another_namespace(world: World) -> None:
    """Transfer changes the path."""
    other = world.root.post("/groups", name="Other", path="other")
    moved = world.root.put(f"{world.path}/transfer", namespace=other["id"])
    assert moved["path_with_namespace"] == "other/proj"
    world.rita.delete(world.path, 403)


def test_project_users_are_its_members(world: World) -> None:
    """Members as plain users, searchable."""
    found = world.rita.get(f"{world.path}/users", search="o")
    assert {user["username"] for user in found} == {"root", "dora", "olga"}


def test_inherited_members_are_in_members_all(world: World) -> None:
    """Direct lists do not have them; the highest level counts."""
    group, project = f"/groups/{world.group['id']}/members", f"{world.path}/members"
    world.root.post(group, user_id=world.nora.id, access_level=30)
    world.root.post(group, user_id=world.rita.id, access_level=30)
    world.rita.get(f"{project}/{world.nora.id}", 404)
    assert world.rita.get(f"{project}/all/{world.nora.id}")["access_level"] == 30
    assert world.rita.get(f"{project}/{world.rita.id}")["access_level"] == 20
    assert world.rita.get(f"{project}/all/{world.rita.id}")["access_level"] == 30
    everyone = world.rita.get(f"{project}/all", query="nor")
    assert [member["username"] for member in everyone] == ["nora"]
    some = world.rita.get(project, user_ids=[world.rita.id])
    assert [member["username"] for member in some] == ["rita"]
    world.rita.get(f"{project}/all/999", 404)


def test_members_are_managed_by_maintainers(world: World) -> None:
    """Adding twice is 409; nobody gives more than they have."""
    path = f"{world.path}/members"
    world.dora.post(path, 403, user_id=world.nora.id, access_level=10)
    assert world.mia.post(path, username="nora", access_level=10)["created_by"]["username"] == "mia"
    again = world.mia.post(path, 409, user_id=world.nora.id, access_level=10)
    assert again == {"message": "Member already exists"}
    world.mia.post(path, 403, user_id=1, access_level=50)
    world.mia.post(path, 404, user_id=999, access_level=10)
    world.mia.post(path, 404, username="who", access_level=10)
    world.mia.post(path, 400, user_id=1, access_level=11)
    world.mia.post(path, 400, user_id=1, access_level=60)
    world.mia.post(path, 400, access_level=10)
    assert world.mia.put(f"{path}/{world.nora.id}", access_level=20)["access_level"] == 20
    world.nora.delete(f"{path}/{world.nora.id}")
    world.nora.get(world.path, 404)


def test_maintainers_have_no_power_over_owners_nor_bots(world: World) -> None:
    """The bot of a token belongs to its project alone, and goes with the token."""
    path = f"{world.path}/members"
    world.mia.put(f"{path}/{world.olga.id}", 403, access_level=30)
    world.mia.delete(f"{path}/{world.olga.id}", 403)
    tokens = f"{world.path}/access_tokens"
    made = world.mia.post(tokens, name="ci", scopes=["api"], expires_at="2026-04-01")
    world.mia.delete(f"{path}/{made['user_id']}", 403)
    group = f"/groups/{world.group['id']}/members"
    said = world.root.post(group, 400, user_id=made["user_id"], access_level=20)
    assert said["message"]["user_id"] == ["project bots cannot be added to other groups / projects"]


def test_request_for_access_ends_with_membership(world: World) -> None:
    """Asking twice is refused; who is added has no open question left."""
    world.open()
    requests = f"{world.path}/access_requests"
    world.nora.post(requests)
    said = world.nora.post(requests, 400)
    assert said == {"message": {"user_id": ["already exists in source"]}}
    world.mia.post(f"{world.path}/members", user_id=world.nora.id, access_level=20)
    assert world.mia.get(requests) == []


def test_members_of_private_groups_are_not_for_everybody(world: World) -> None:
    """Strangers do not see them, and members not who made them, where they may not know of it."""
    world.open()
    guests = world.nora.post("/groups", name="Guests", path="guests", visibility="private")
    path = f"/groups/{guests['id']}/members"
    world.nora.post(path, user_id=world.rita.id, access_level=20)
    other = world.root.post("/groups", name="Open", path="open", visibility="public")["id"]
    world.root.post(f"/groups/{other}/share", group_id=guests["id"], group_access=20)
    world.root.post(f"/groups/{other}/members", user_id=world.gus.id, access_level=10)
    seen = f"/groups/{other}/members/all"
    names = {m["username"]: m.get("created_by") for m in world.gus.get(seen)}
    assert names["rita"] is None
    assert [m["username"] for m in world.mia.get(seen)] == ["root", "gus"]
    world.mia.get(f"{seen}/{world.rita.id}", 404)
    assert world.root.get(f"{seen}/{world.rita.id}")["created_by"]["username"] == "nora"
    below = world.nora.post("/groups", name="Sub", path="sub", parent_id=guests["id"])
    world.nora.post(f"/groups/{below['id']}/members", user_id=world.mia.id, access_level=30)
    world.mia.get(f"/groups/{guests['id']}")
    world.mia.get(path, 403)


def test_level_is_not_below_the_inherited_one(world: World) -> None:
    """A direct membership cannot lower a group's."""
    group = f"/groups/{world.group['id']}/members"
    world.root.post(group, user_id=world.nora.id, access_level=30)
    said = world.root.post(f"{world.path}/members", 400, user_id=world.nora.id, access_level=20)
    assert "Developer inherited membership" in said["message"]["access_level"][0]


def test_membership_expires(world: World) -> None:
    """On its last day it is over."""
    path = f"{world.path}/members"
    world.mia.post(path, user_id=world.nora.id, access_level=20, expires_at="2026-03-03")
    world.nora.get(world.path)
    world.client.put("/simulator/clock", json={"now": "2026-03-03T00:00:00Z"})
    world.nora.get(world.path, 404)
    world.mia.put(f"{path}/{world.nora.id}", access_level=20, expires_at="2026-04-01")
    world.nora.get(world.path)


def test_removed_member_can_be_unassigned(world: World) -> None:
    """`unassign_issuables` takes the assignments along."""
    issue = world.issue(assignee_ids=[world.dora.id])
    path = f"{world.path}/members/{world.dora.id}?unassign_issuables=true"
    world.mia.delete(path)
    assert world.rita.get(world.at(issue))["assignees"] == []


def test_pages_carry_gitlabs_headers(world: World) -> None:
    """Numbers, next, previous and links; the page size is at most 100."""
    for number in range(5):
        world.issue(title=f"Issue {number}")
    url = f"/api/v4{world.path}/issues"
    headers = {"PRIVATE-TOKEN": world.rita.token or ""}
    answer = world.client.get(url, params={"per_page": 2, "page": 2}, headers=headers)
    shown = {key: value for key, value in answer.headers.items() if key.startswith("x-")}
    del shown["x-request-id"]
    assert shown == {
        "x-page": "2",
        "x-per-page": "2",
        "x-next-page": "3",
        "x-prev-page": "1",
        "x-total": "5",
        "x-total-pages": "3",
    }
    assert set(answer.links) == {"first", "last", "prev", "next"}
    assert len(world.client.get(answer.links["next"]["url"], headers=headers).json()) == 1
    named = [rel.split('rel="')[1] for rel in answer.headers["link"].split(", ")]
    assert named == ['prev"', 'next"', 'first"', 'last"']
    beyond = world.client.get(url, params={"per_page": 2, "page": 9}, headers=headers)
    assert (beyond.headers["x-prev-page"], set(beyond.links)) == ("", {"first", "last"})
    large = world.client.get(url, params={"per_page": 1000}, headers=headers)
    assert large.headers["x-per-page"] == "100"
    behind = world.client.get(url, params={"page": 9}, headers=headers)
    assert (behind.headers["x-prev-page"], behind.headers["x-next-page"]) == ("", "")
    assert set(behind.links) == {"first", "last"}
    world.rita.get(f"{world.path}/issues", 400, per_page=0)
    world.rita.get(f"{world.path}/issues", 400, page="x")


def test_keyset_pages_do_not_shift(world: World) -> None:
    """What is created meanwhile does not move what was seen."""
    for number in range(5):
        world.issue(title=f"Issue {number}")
    headers = {"PRIVATE-TOKEN": world.rita.token or ""}
    params: dict[str, str | int] = {
        "pagination": "keyset",
        "per_page": 2,
        "order_by": "created_at",
        "sort": "desc",
    }
    first = world.client.get(f"/api/v4{world.path}/issues", params=params, headers=headers)
    assert "x-total" not in first.headers
    world.issue(title="Late")
    world.root.delete(f"{world.path}/issues/4")
    seen = [issue["iid"] for issue in first.json()]
    page = first
    while "next" in page.links:
        page = world.client.get(page.links["next"]["url"], headers=headers)
        seen += [issue["iid"] for issue in page.json()]
    assert seen == [5, 4, 3, 2, 1]
    world.rita.get(f"{world.path}/issues", 400, pagination="keyset", cursor="%%%")


def test_head_answers_without_a_body(world: World) -> None:
    """HEAD gives the headers of GET."""
    headers = {"PRIVATE-TOKEN": world.rita.token or ""}
    answer = world.client.head(f"/api/v4{world.path}/issues", headers=headers)
    assert (answer.headers["x-total"], answer.content) == ("0", b"")


def test_parameters_come_in_any_form(world: World) -> None:
    """Query, form, multipart and JSON bodies mean the same; arrays in brackets work."""
    headers = {"PRIVATE-TOKEN": world.rita.token or ""}
    url = f"/api/v4{world.path}/issues"
    form = world.client.post(url, data={"title": "form", "labels": "a,b"}, headers=headers)
    assert form.json()["labels"] == ["a", "b"]
    parts = world.client.post(url, files={"title": (None, "parts")}, headers=headers)
    assert parts.json()["title"] == "parts"
    query = world.client.post(f"{url}?title=query&assignee_ids[]=4&labels[]=a", headers=headers)
    assert query.json()["assignees"][0]["id"] == 4
    world.client.post(url, content=b"{", headers=headers | {"content-type": "application/json"})
    bad = world.client.post(
        url, content=b"{", headers=headers | {"content-type": "application/json"}
    )
    assert bad.status_code == 400
    nothing = world.client.post(
        url, content=b"[]", headers=headers | {"content-type": "application/json"}
    )
    assert nothing.json() == {"error": "title is missing"}
    found = world.client.get(f"{url}?iids[]=1&iids[]=2&not[labels]=a", headers=headers)
    assert [issue["title"] for issue in found.json()] == ["parts"]


@pytest.mark.parametrize("kind", ["", "text/plain", "application/yaml"])
def test_body_of_another_content_type_is_refused(world: World, kind: str) -> None:
    """415 with the content type; only JSON and forms are read."""
    said = world.rita.call(
        "POST",
        f"{world.path}/issues",
        415,
        content=b'{"title": "a"}',
        headers={"content-type": kind},
    )
    assert said == {"error": f"The provided content-type '{kind}' is not supported."}
    assert world.rita.get(f"{world.path}/issues") == []


def test_reading_takes_no_json(world: World) -> None:
    """JSON is read from bodies of writing calls only, forms from all."""
    world.issue()
    path = f"{world.path}/issues"
    assert len(world.rita.call("GET", path, 200, json={"state": "closed"})) == 1
    assert world.rita.call("GET", path, 200, data={"state": "closed"}) == []


def test_reserved_names_are_refused(world: World) -> None:
    """https://docs.gitlab.com/user/reserved_names/."""
    said = world.root.post("/groups", 400, name="Api", path="api")["message"]
    assert said == 'Failed to save group {:path=>["api is a reserved name"]}'
    said = world.root.post("/projects", 400, name="Wikis", path="wikis")["message"]
    assert said["path"] == ["wikis is a reserved name"]
    world.root.post("/groups", name="Api", path="api", parent_id=world.group["id"])


def test_changes_of_nothing_are_refused(world: World) -> None:
    """Projects and milestones need one parameter at least."""
    stone = world.mia.post(f"{world.path}/milestones", title="v1")
    for path in (world.path, f"{world.path}/milestones/{stone['id']}"):
        said = world.mia.put(path, 400)["error"]
        assert said.endswith("are missing, at least one parameter must be provided")


def test_milestone_errors_are_one_text(world: World) -> None:
    """As Ruby writes them."""
    path = f"{world.path}/milestones"
    stone = world.mia.post(path, title="v1")
    blank = world.mia.post(path, 400, title=" ")["message"]
    assert blank == 'Failed to create milestone {:title=>["can\'t be blank"]}'
    late = {"start_date": "2026-04-02", "due_date": "2026-04-01"}
    said = world.mia.put(f"{path}/{stone['id']}", 400, **late)["message"]
    assert said == 'Failed to update milestone {:due_date=>["must be greater than start date"]}'


def test_members_end_today_at_the_earliest(world: World) -> None:
    """When they are added and when they are changed."""
    past = {"message": {"expires_at": ["cannot be a date in the past"]}}
    path, nora = f"{world.path}/members", world.nora.id
    sent = {"user_id": nora, "access_level": 20, "expires_at": "2026-03-01"}
    assert world.olga.post(path, 400, **sent) == past
    world.olga.post(path, **(sent | {"expires_at": "2026-03-02"}))
    assert world.olga.put(f"{path}/{nora}", 400, access_level=30, expires_at="2026-03-01") == past
    assert world.olga.get(f"{path}/{nora}")["access_level"] == 20


def test_keyset_pages_of_projects_go_on_behind_an_id(world: World) -> None:
    """https://docs.gitlab.com/api/rest/#keyset-based-pagination."""
    world.root.post("/projects", name="Two")
    headers = {"PRIVATE-TOKEN": world.root.token or ""}
    for sort, name, first in (("asc", "id_after", 1), ("desc", "id_before", 2)):
        params = {"pagination": "keyset", "order_by": "id", "sort": sort, "per_page": "1"}
        page = world.client.get("/api/v4/projects", params=params, headers=headers)
        assert f"{name}={first}&" in page.links["next"]["url"]
        last = world.client.get(page.links["next"]["url"], headers=headers)
        assert [p["id"] for p in last.json()] == [3 - first]
        behind = world.client.get(last.links["next"]["url"], headers=headers)
        assert (behind.json(), "link" in behind.headers) == ([], False)


KEYSET = [
    ("users", {"order_by": "name", "sort": "asc"}, 200),
    ("users", {"order_by": "updated_at"}, 200),
    ("groups", {}, 200),
    ("groups", {"sort": "desc"}, 405),
    ("groups", {"order_by": "id"}, 405),
    ("projects", {"order_by": "id", "sort": "asc"}, 200),
    ("projects", {}, 405),
    ("projects/1/jobs", {}, 200),
    ("projects/1/jobs", {"order_by": "id", "sort": "asc"}, 405),
]


@pytest.mark.parametrize(("place", "order", "status"), KEYSET)
def test_keyset_goes_in_few_orders(
    world: World, place: str, order: dict[str, str], status: int
) -> None:
    """What it is asked for, or what is usual there, has to be one of them; no numbers are told."""
    headers = {"PRIVATE-TOKEN": world.root.token or ""}
    params = {"pagination": "keyset", "per_page": "1", **order}
    answer = world.client.get(f"/api/v4/{place}", params=params, headers=headers)
    assert answer.status_code == status
    assert "x-per-page" not in answer.headers


def test_users_go_by_keyset_in_the_order_of_names(world: World) -> None:
    """Page by page, all of them, once."""
    headers = {"PRIVATE-TOKEN": world.root.token or ""}
    url = "/api/v4/users?pagination=keyset&per_page=3&order_by=name&sort=desc"
    names = []
    while url:
        answer = world.client.get(url, headers=headers)
        names += [user["name"] for user in answer.json()]
        url = answer.links.get("next", {}).get("url", "")
    every = [user["name"] for user in world.root.get("/users", per_page=100)]
    assert names == sorted(every, reverse=True)


@pytest.mark.parametrize("rest", ["", "/all", "/1", "/all/1"])
def test_members_are_shown_to_people_only(world: World, rest: str) -> None:
    """Not even those of a public project are open to callers without a token."""
    world.open()
    for path in (world.path, f"/groups/{world.group['id']}"):
        world.nobody.get(f"{path}/members{rest}", 401)
