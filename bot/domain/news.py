"""News and offers that a team tells its customers: for whom, and the prompt to forward it."""

from datetime import date
from enum import StrEnum

from bot.domain.care import CareKind, Prompt

SHOWN_DAYS = 14
"""Yesterday's news is no reason to write."""


class Audience(StrEnum):
    """Values are stored, so they never change."""

    BEST = "best"  # A, B and key accounts
    BUYING = "buying"  # ordered within a year
    ALL = "all"

    def has(self, *, is_valuable: bool, is_buying: bool) -> bool:
        return {Audience.BEST: is_valuable, Audience.BUYING: is_buying, Audience.ALL: True}[self]


def news_prompt(customer_id: int, news_id: int, text: str, *, on: date, until: date) -> Prompt:
    """The prompt to forward a piece of news, in its own words."""
    return Prompt(
        customer_id=customer_id,
        kind=CareKind.NEWS,
        key=f"news:{news_id}",
        due_on=on,
        counts_from=on,
        until=max(on, until),
        facts={"news": news_id, "text": text},
    )
