"""The ledger of promises: ours and the commitments of customers, each with an owner, a due time and a history."""

from bot.services.promises.changing import (
    carry_over,
    keep,
    make_promise,
    mark_broken,
    postpone,
    reopen,
    withdraw,
    withdraw_of_report,
)
from bot.services.promises.reminding import plan_reminders

__all__ = [
    "carry_over",
    "keep",
    "make_promise",
    "mark_broken",
    "plan_reminders",
    "postpone",
    "reopen",
    "withdraw",
    "withdraw_of_report",
]
