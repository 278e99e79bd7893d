"""Runs the notices: makes sure that the recurring ones stand, and tells what is due."""

from datetime import datetime

from bot.services.notices.ledger import next_due
from bot.store.unit import Store


async def plan_all(store: Store, now: datetime) -> None:
    """Make sure that every active member's recurring notices stand."""


async def tell_due(store: Store, now: datetime) -> int:
    """Turn every due notice into messages. Gives how many were settled."""
    return 0


__all__ = ["next_due", "plan_all", "tell_due"]
