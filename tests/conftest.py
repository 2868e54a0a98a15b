"""What holds for all tests.

How hard the property tests try: `default` on every run, `soak` with `make soak`.
What is tried again is so as often as else, and at once.
"""

import os

import stamina
from hypothesis import HealthCheck, settings

# A slow machine is not a fault of the code: no deadline, and no complaint about slow examples.
settings.register_profile(
    "default",
    max_examples=50,
    stateful_step_count=20,
    deadline=None,
    print_blob=True,
    # Pipelines repeat: what fails there fails again, here and there.
    derandomize="CI" in os.environ,  # noqa: TID251 -- tests have no settings
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile(
    "soak",
    max_examples=3000,
    stateful_step_count=60,
    deadline=None,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("default")
stamina.set_testing(True, attempts=100, cap=True)
