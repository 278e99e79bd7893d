"""The scheduler: a table of (name, trigger, use-case), nothing else. What is due is rows; it only looks often."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.interval import IntervalTrigger

UseCase = Callable[[], Awaitable[None]]
TICK_S = 5
SWEEP_S = 3600
RESUME_S = NIGHTLY_S = 60


def build_scheduler(*, tick: UseCase, sweep: UseCase, resume: UseCase, nightly: UseCase) -> AsyncIOScheduler:
    """A scheduler: ``tick`` every few seconds, ``resume`` a minute, ``sweep`` an hour. A second one is harmless.

    ``nightly`` is asked every minute too: each team has its own night, and an import does not wait for one.
    """
    scheduler = AsyncIOScheduler(
        timezone=UTC, job_defaults={"coalesce": True, "misfire_grace_time": None, "max_instances": 1}
    )
    jobs = (
        ("tick", TICK_S, tick),
        ("sweep", SWEEP_S, sweep),
        ("resume", RESUME_S, resume),
        ("nightly", NIGHTLY_S, nightly),
    )
    for name, seconds, use_case in jobs:
        scheduler.add_job(use_case, IntervalTrigger(seconds=seconds, timezone=UTC), id=name)
    scheduler.modify_job("tick", next_run_time=datetime.now(UTC))  # what fell due while nobody ran waits no longer
    return scheduler
