"""Enters a prompt, once for ever."""

from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from sqlmodel import col, select

from bot.domain.care import Prompt
from bot.domain.wall_time import instant_of
from bot.services.work import Work
from bot.store.inserting import insert_if_new
from bot.store.tables import CarePrompt

UNIQUE = ("team_id", "customer_id", "key")


def row_of(prompt: Prompt, team_id: int, zone: ZoneInfo, now: datetime) -> dict[str, Any]:
    """The row of a prompt. One that is due today counts touches from now on: what led to it does not answer it."""
    begins = instant_of(prompt.counts_from, time(0), zone)
    fresh = prompt.counts_from >= now.astimezone(zone).date()
    return {
        "team_id": team_id,
        "customer_id": prompt.customer_id,
        "kind": prompt.kind,
        "key": prompt.key,
        "due_on": prompt.due_on,
        "until": prompt.until,
        "counts_from": now if fresh else begins,
        "facts": dict(prompt.facts),
        "created_at": now,
    }


async def enter(work: Work, prompt: Prompt, *, report_id: int | None = None) -> CarePrompt:
    """Enter a prompt for a customer of the acting person's team; one that stands already is left as it is."""
    values = row_of(prompt, work.acting.team_id, work.acting.zone, work.now)
    await insert_if_new(work.session, CarePrompt, {**values, "report_id": report_id}, UNIQUE)
    query = select(CarePrompt).where(
        col(CarePrompt.team_id) == work.acting.team_id,
        col(CarePrompt.customer_id) == prompt.customer_id,
        col(CarePrompt.key) == prompt.key,
    )
    return (await work.session.exec(query)).one()
