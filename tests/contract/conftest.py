"""The ground on which the contract is checked, the same for every file."""

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from tests.contract.ground import OTHERS, PLACES, PREFIX, Ground


@pytest.fixture(scope="module", params=list(PLACES.values()), ids=list(PLACES))
def ground(request: pytest.FixtureRequest) -> Iterator[Ground]:
    """The same ground everywhere."""
    with ExitStack() as stack:
        client, sim = stack.enter_context(request.param())
        if sim is not None:
            body = {"username": "stranger", "name": "S", "email": "s@x.test"}
            client.post("/users", {**body, "password": "invented-for-tests-0815"})
        me = client.get("/user")
        known = (user for name in OTHERS for user in client.list("/users", username=name))
        others = (user for user in known if user["id"] != me["id"])
        here, there = (
            client.post("/projects", {"name": f"{PREFIX}-{name}", "visibility": "private"})
            for name in ("here", "there")
        )
        yield Ground(client, me, here, there, next(others, None))
