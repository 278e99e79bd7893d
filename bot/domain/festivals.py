"""Holidays with good wishes: a closed list, so that nobody is congratulated on a day of mourning.

The dates, lunar ones among them, come from the country's calendar; this module says which of its days are festivals.
"""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from enum import StrEnum
from types import MappingProxyType

from bot.domain.care import CareKind, IsWorkingDay, Prompt, working_day_before


class Festival(StrEnum):
    """Values are stored, so they never change."""

    NEW_YEAR = "new_year"
    LUNAR_NEW_YEAR = "lunar_new_year"
    DRAGON_BOAT = "dragon_boat"
    MID_AUTUMN = "mid_autumn"
    EID = "eid"
    DIWALI = "diwali"
    CHRISTMAS = "christmas"


_NAMES: Mapping[str, Festival] = MappingProxyType(
    {
        "New Year's Day": Festival.NEW_YEAR,
        "Founding Day of the Republic of China": Festival.NEW_YEAR,  # 1 January in Taiwan
        "Chinese New Year": Festival.LUNAR_NEW_YEAR,
        "Chinese New Year's Day": Festival.LUNAR_NEW_YEAR,
        "Chinese New Year (Spring Festival)": Festival.LUNAR_NEW_YEAR,
        "Lunar New Year": Festival.LUNAR_NEW_YEAR,
        "Korean New Year": Festival.LUNAR_NEW_YEAR,
        "Dragon Boat Festival": Festival.DRAGON_BOAT,
        "Mid-Autumn Festival": Festival.MID_AUTUMN,
        "The Day following Mid-Autumn Festival": Festival.MID_AUTUMN,  # the day off in Hong Kong and Macau
        "Chuseok": Festival.MID_AUTUMN,
        "Eid al-Fitr": Festival.EID,
        "Diwali": Festival.DIWALI,
        "Christmas Day": Festival.CHRISTMAS,
        "Christmas": Festival.CHRISTMAS,
    }
)
_DAY_AFTER = "The Day following "
_ESTIMATED = " (estimated)"
_ONLY_IN: Mapping[Festival, frozenset[str]] = MappingProxyType(
    {
        Festival.EID: frozenset({"AE", "BD", "BH", "BN", "EG", "ID", "KW", "MY", "OM", "PK", "QA", "SA", "TR"}),
        Festival.DIWALI: frozenset({"IN", "NP"}),
    }
)
"""Where most keep it: elsewhere a wish to every customer would miss more than it meets."""


def festivals_in(days: Iterable[tuple[date, str]], country: str) -> dict[Festival, date]:
    """The first day of each festival among a calendar year's days with their English names."""
    found: dict[Festival, date] = {}
    for day, names in sorted(days):
        for name in names.split("; "):
            festival = _NAMES.get(name.removesuffix(_ESTIMATED))
            if festival is None or country not in _ONLY_IN.get(festival, {country}):
                continue
            kept = day - timedelta(days=1) if name.startswith(_DAY_AFTER) else day
            found.setdefault(festival, kept)
    return found


def festival_prompt(
    customer_id: int, festival: Festival, on: date, today: date, is_working: IsWorkingDay
) -> Prompt | None:
    """The wish before a festival: on the last working day until it."""
    due_on = working_day_before(on, is_working)
    if not due_on <= today <= on:
        return None
    return Prompt(
        customer_id=customer_id,
        kind=CareKind.HOLIDAY,
        key=f"holiday:{festival.value}:{on.year}",
        due_on=due_on,
        counts_from=due_on,
        until=on,
        facts={"festival": festival.value, "on": on.isoformat()},
    )
