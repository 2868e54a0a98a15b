"""What is counted."""

from bot.web.metrics import Metrics


def test_each_process_counts_for_itself() -> None:
    """Two in one test do not disturb each other."""
    one, other = Metrics(lambda: 3), Metrics(lambda: 0)
    one.delivery("accepted")
    one.reconcile("done")
    one.gitlab_call("GET", 200)
    one.gitlab_call("GET", 200)
    text = one.render().decode()
    assert 'launchbot_deliveries_total{outcome="accepted"} 1.0' in text
    assert 'launchbot_reconciles_total{outcome="done"} 1.0' in text
    assert 'launchbot_gitlab_calls_total{method="GET",status="200"} 2.0' in text
    assert "launchbot_queue_depth 3.0" in text
    assert "accepted" not in other.render().decode()
