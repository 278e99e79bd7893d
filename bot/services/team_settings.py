"""A team's own numbers, as its row keeps them: how it scores, how often each grade is visited, how it is told."""

from collections.abc import Mapping
from typing import Any

from bot.domain.frequency import DEFAULT_VISITS_PER_WEEK
from bot.domain.scoring.settings import ScoringSettings
from bot.domain.travel_factor import USUAL
from bot.domain.vocabulary import Grade

SCORING, VISITS_PER_WEEK, LEADERBOARD, TRAVEL = "scoring", "visits_per_week", "leaderboard", "travel"


def scoring_of(settings: Mapping[str, Any]) -> ScoringSettings:
    """How a team scores; the defaults where it has set nothing. Raises ValueError for impossible values."""
    return ScoringSettings.load(settings.get(SCORING, {}))


def visits_per_week_of(settings: Mapping[str, Any]) -> dict[Grade, float]:
    """Visits a week by grade."""
    stored: Mapping[str, float] = settings.get(VISITS_PER_WEEK, {})
    return {grade: float(stored.get(grade.value, default)) for grade, default in DEFAULT_VISITS_PER_WEEK.items()}


def has_leaderboard(settings: Mapping[str, Any]) -> bool:
    """Whether the weekly digest ranks the reps."""
    return bool(settings.get(LEADERBOARD, True))


def travel_factor_of(settings: Mapping[str, Any]) -> float:
    """How many times as long as the travel model says the team's ways take."""
    return float(settings.get(TRAVEL, {}).get("factor", USUAL))
