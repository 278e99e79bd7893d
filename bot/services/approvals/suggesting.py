"""Likely sizes as buttons: beyond the rep's limit where a manager is asked, usual ones where a limit is set."""

from collections.abc import Sequence

from bot.domain.authority import NO_AUTHORITY, PERCENT_UNIT, AuthorityKind, sizes_to_offer
from bot.domain.forms.add_promise import AddPromise
from bot.domain.forms.approvals import ApprovalGrant, AskApproval, SetLimit
from bot.domain.screen import Json
from bot.services.approvals.limits import limits_of
from bot.services.work import Work

ASKS_SIZES = frozenset(one.spec.name for one in (AskApproval, ApprovalGrant, SetLimit, AddPromise))
PERCENT_FIELDS = ("percent", "own_percent", "first_percent")
DAYS_FIELDS = ("days", "own_days", "first_days")


async def sizes_to_suggest(work: Work, form: str) -> dict[str, Sequence[Json]]:
    """Suggestions by question key, as their kinds dump them."""
    limits = {} if form == SetLimit.spec.name else await limits_of(work.session, work.acting.team_id)
    percents = [
        str(size // PERCENT_UNIT)
        for size in sizes_to_offer(AuthorityKind.DISCOUNT, limits.get(AuthorityKind.DISCOUNT, NO_AUTHORITY))
    ]
    days = list(sizes_to_offer(AuthorityKind.CREDIT, limits.get(AuthorityKind.CREDIT, NO_AUTHORITY)))
    return {
        **{f"{form}.{name}": list[Json](percents) for name in PERCENT_FIELDS},
        **{f"{form}.{name}": list[Json](days) for name in DAYS_FIELDS},
    }
