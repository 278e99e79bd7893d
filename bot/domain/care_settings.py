"""How a team cares: its touch points after an order, the cadence of nurture, how often key accounts are asked."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.domain.care import AFTER_SALES_DAYS, KEY_ACCOUNT_REFERRAL_DAYS, NURTURE_DAYS

MOST_DAYS = 366
AFTER_SALES_CHOICES = ((3, 30, 90), (7, 30, 90), (1, 7, 30), (3, 30), ())
NURTURE_CHOICES = (7, 14, 21, 28)
REFERRAL_CHOICES = (60, 90, 180)


@dataclass(frozen=True, slots=True, kw_only=True)
class CareSettings:
    """Days. No touch points: nobody is reminded after an order. ``after_sales_by``: who of service makes them."""

    after_sales: tuple[int, ...] = AFTER_SALES_DAYS
    nurture_days: int = NURTURE_DAYS
    referral_days: int = KEY_ACCOUNT_REFERRAL_DAYS
    after_sales_by: int | None = None

    def __post_init__(self) -> None:
        for days in (*self.after_sales, self.nurture_days, self.referral_days):
            if not 1 <= days <= MOST_DAYS:
                raise ValueError(f"a number of days lies between 1 and {MOST_DAYS}, not {days}")

    def dump(self) -> dict[str, Any]:
        return {
            "after_sales": list(self.after_sales),
            "nurture_days": self.nurture_days,
            "referral_days": self.referral_days,
            "after_sales_by": self.after_sales_by,
        }


def care_settings(stored: Mapping[str, Any]) -> CareSettings:
    """The settings of a team, from what its row stores; the defaults where it says nothing."""
    found: Mapping[str, Any] = stored.get("care") or {}
    usual = CareSettings()
    return CareSettings(
        after_sales=tuple(found.get("after_sales", usual.after_sales)),
        nurture_days=found.get("nurture_days", usual.nurture_days),
        referral_days=found.get("referral_days", usual.referral_days),
        after_sales_by=found.get("after_sales_by"),
    )
