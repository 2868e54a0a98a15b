"""Health, metrics, and what the application does not show."""

from starlette.testclient import TestClient

from tests.web.conftest import SECRET, World


def test_process_that_answers_is_alive(client: TestClient) -> None:
    """Nothing else is asked of it."""
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json()) == (200, {"status": "alive"})


def test_bot_without_problems_is_ready(client: TestClient) -> None:
    """Every check is named."""
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()) == (200, {"database": "ok"})


def test_bot_with_a_problem_is_not_ready(client: TestClient, world: World) -> None:
    """The answer says what is wrong."""
    world.problems["gitlab"] = "no answer for 5 minutes"
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json() == {"database": "ok", "gitlab": "no answer for 5 minutes"}


def test_check_that_fails_is_a_problem(client: TestClient, world: World) -> None:
    """Its error stays in the log."""
    with world.store._writing() as connection:
        connection.exec_driver_sql("DROP TABLE pulse")
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert "readiness" in answer.json()


def test_metrics_show_the_queue(client: TestClient, world: World) -> None:
    """In the text format of Prometheus."""
    answer = client.get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain")
    assert "launchbot_queue_depth 0.0" in answer.text
    with world.store._writing() as connection:
        connection.exec_driver_sql("DROP TABLE queue")
    answer = client.get("/metrics")
    assert answer.status_code == 200
    assert "launchbot_queue_depth NaN" in answer.text


def test_description_is_shown_on_request_alone(client: TestClient, world: World) -> None:
    """Production shows strangers as little as possible."""
    for path in ("/docs", "/openapi.json", "/redoc", "/"):
        assert client.get(path).status_code == 404
    with TestClient(world.app([SECRET], [], docs=True)) as open_client:
        paths = open_client.get("/openapi.json").json()["paths"]
    assert set(paths) == {"/healthz", "/readyz", "/metrics"}
