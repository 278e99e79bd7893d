"""The back-test of a team's scores: what they said a year ago, and what came of it."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from bot.domain.money import from_minor
from bot.domain.scoring.replay import Replay, replay_year
from bot.domain.scoring.team_figures import Share
from bot.services.scoring.computing import indicator_values
from bot.services.scoring.gathering import gather, team_by_id
from bot.store.unit import Store

MODEL_DIGITS = 1


async def backtest_team(store: Store, team_id: int, now: datetime) -> dict[str, Any]:
    """Replay the team's past year. Shares carry their counts; a percent is None where they are too few to say."""
    async with store.read() as session:
        team = await team_by_id(session, team_id)
        inputs = await gather(session, team, now.astimezone(ZoneInfo(team.timezone)).date())
    replay = replay_year(inputs.book, inputs.on.toordinal(), indicator_values(inputs), inputs.settings)
    return {"team": team.name, "on": inputs.on.isoformat(), **_facts(replay, team.currency)}


def _facts(replay: Replay, currency: str) -> dict[str, Any]:
    return {
        "currency": currency,
        "grades": [
            {
                "grade": outcome.grade.value,
                "customers": outcome.customers,
                "mean_sales_after": str(from_minor(round(outcome.mean_sales_after), currency)),
            }
            for outcome in replay.grades
        ],
        "left_of_risk": _share(replay.left_of_risk),
        "left_of_rest": _share(replay.left_of_rest),
        "order_days_expected": None if replay.expected is None else round(replay.expected, MODEL_DIGITS),
        "order_days_seen": replay.ordered,
    }


def _share(share: Share) -> dict[str, Any]:
    percent = share.percent
    return {"part": share.part, "whole": share.whole, "percent": None if percent is None else round(percent)}


def describe(facts: dict[str, Any]) -> str:
    """The back-test in lines for a terminal."""
    lines = [f"{facts['team']}, the year to {facts['on']}, scored as of a year ago:"]
    lines += [
        f"  {one['grade']}: {one['customers']} customers, each bought {facts['currency']} {one['mean_sales_after']}"
        for one in facts["grades"]
    ]
    if not facts["grades"]:
        lines.append("  too few customers could be graded a year ago")
    for name, words in (("left_of_risk", "at risk then"), ("left_of_rest", "not at risk then")):
        share = facts[name]
        said = "too few to say" if share["percent"] is None else f"{share['percent']} %"
        lines.append(f"  {words}: {share['part']} of {share['whole']} bought nothing since ({said})")
    seen, expected = facts["order_days_seen"], facts["order_days_expected"]
    said = "not enough orders for a model" if expected is None else f"the model expected {expected}"
    lines.append(f"  order days in the last 90 days, of who had bought before: {seen} ({said})")
    return "\n".join(lines)
