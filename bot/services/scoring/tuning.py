"""A team's cuts, targets and frequencies: a number is tried by a tap, its effect shown, and saved by another."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from bot.domain.errors import Refused
from bot.domain.frequency import DEFAULT_VISITS_PER_WEEK
from bot.domain.funnel import PRIORS
from bot.domain.people import Acting
from bot.domain.scoring.settings import RANGES, Range, ScoringSettings, Threshold
from bot.domain.screen import Json, Screen
from bot.domain.vocabulary import Grade
from bot.services.scoring.effects import Trial, effect_of, effect_of_visits
from bot.services.scoring.gathering import team_by_id
from bot.services.scoring.weighing import note_setting
from bot.services.team_settings import SCORING, VISITS_PER_WEEK, scoring_of, visits_per_week_of
from bot.services.work import Work
from bot.store.tables import Team

OFTEN = "often"
GROUPS: Mapping[str, tuple[Threshold, ...]] = MappingProxyType(
    {
        "cuts": (Threshold.D_BELOW, Threshold.MARGIN, Threshold.A_SALES, Threshold.B_SALES),
        "life": (
            Threshold.AT_RISK,
            Threshold.DORMANT,
            Threshold.LOST,
            Threshold.GROWING,
            Threshold.DECLINING,
            Threshold.NEW_DAYS,
        ),
        "r": (Threshold.R5, Threshold.R4, Threshold.R3, Threshold.R2),
        "f": (Threshold.F5, Threshold.F4, Threshold.F3, Threshold.F2),
        "m": (Threshold.M5, Threshold.M4, Threshold.M3, Threshold.M2),
        "work": (
            Threshold.WORK_A,
            Threshold.WORK_B,
            Threshold.WORK_RESERVE,
            Threshold.COVER_A,
            Threshold.COVER_B,
        ),
        "ties": (Threshold.MAIN_SHARE, Threshold.PARTNER_SHARE, Threshold.STALL_DAYS),
        "deals": (*PRIORS.values(), Threshold.DEAL_DAYS),
    }
)
VISITS = Range(default=1, step=0.25, low=0, high=5)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rules:
    """What a team has set, or what it would be with one number changed."""

    scoring: ScoringSettings
    visits: Mapping[Grade, float]

    @classmethod
    def of(cls, team: Team) -> "_Rules":
        return cls(scoring=scoring_of(team.settings), visits=visits_per_week_of(team.settings))

    def number(self, group: str, name: str) -> float:
        return self.visits[Grade(name)] if group == OFTEN else self.scoring.thresholds[Threshold(name)]

    def changed(self, group: str, name: str, value: float) -> "_Rules":
        """Raises ValueError where the number cannot be."""
        if group != OFTEN:
            thresholds = self.scoring.thresholds.with_value(Threshold(name), value)
            return replace(self, scoring=replace(self.scoring, thresholds=thresholds))
        if not VISITS.low <= value <= VISITS.high:
            raise ValueError(f"visits a week are {VISITS.low} to {VISITS.high}, got {value}")
        return replace(self, visits={**self.visits, Grade(name): value})


async def numbers_screen(
    session: AsyncSession, acting: Acting, group: str, now: datetime, tried: tuple[str, str] | None = None
) -> Screen:
    """The numbers of a group, or with one of them changed: what would follow. Only reads. Raises Refused."""
    in_force = _Rules.of(await team_by_id(session, acting.team_id))
    names = _names(group)
    shown = in_force if tried is None else _try(in_force, group, *tried)
    facts: dict[str, Json] = {
        "group": group,
        "numbers": [_number(shown, group, name) for name in names],
        "tried": None,
    }
    if tried is not None and shown != in_force:
        name = tried[0]
        facts["tried"] = {
            "name": name,
            "before": _written(in_force.number(group, name)),
            "after": _written(shown.number(group, name)),
            "effect": await effect_of_visits(session, acting, in_force.visits, shown.visits)
            if group == OFTEN
            else await effect_of(
                Trial(
                    session=session,
                    acting=acting,
                    name=Threshold(name),
                    before=in_force.scoring,
                    after=shown.scoring,
                    now=now,
                )
            ),
        }
    return Screen(template="replies/scoring_numbers", facts=facts, living="scoring")


async def save_number(work: Work, group: str, name: str, value: str) -> None:
    """Put a number in force. Raises Refused where it cannot be, or for who does not lead."""
    if not work.acting.leads:
        raise Refused("not_for_your_role")
    team = await team_by_id(work.session, work.acting.team_id)
    before = _Rules.of(team)
    after = _try(before, group, name, value)
    stored: dict[str, Any]
    if group == OFTEN:
        changed = {
            grade.value: often for grade, often in after.visits.items() if often != DEFAULT_VISITS_PER_WEEK[grade]
        }
        stored = {VISITS_PER_WEEK: changed}
    else:
        stored = {SCORING: after.scoring.dump()}
    # a new dictionary: the column does not notice a change inside the old one
    team.settings = {**team.settings, **stored}
    note_setting(work, {"number": name, "from": before.number(group, name), "to": after.number(group, name)})


def _names(group: str) -> tuple[str, ...]:
    if group == OFTEN:
        return tuple(grade.value for grade in Grade)
    if group not in GROUPS:
        raise Refused("button_unknown")
    return tuple(name.value for name in GROUPS[group])


def _try(rules: _Rules, group: str, name: str, value: str) -> _Rules:
    if name not in _names(group):
        raise Refused("button_unknown")
    try:
        return rules.changed(group, name, float(value))
    except ValueError as error:
        raise Refused("impossible_number") from error


def _number(rules: _Rules, group: str, name: str) -> Json:
    """A number with what one step down and one up would be; None where that cannot be."""
    allowed = VISITS if group == OFTEN else RANGES[Threshold(name)]
    value = rules.number(group, name)

    def step(to: float) -> str | None:
        try:
            rules.changed(group, name, round(to, 2))
        except ValueError:
            return None
        return _written(round(to, 2))

    return {
        "name": name,
        "value": _written(value),
        "less": step(value - allowed.step),
        "more": step(value + allowed.step),
    }


def _written(value: float) -> str:
    return f"{value:g}"
