"""When a report is missing: the visit is over as planned, and nobody has said how it went."""

from datetime import datetime, timedelta

from bot.domain.vocabulary import VisitState
from bot.store.tables import Visit

REPORT_AFTER = timedelta(minutes=20)
"""After the planned end (METHOD.md section 10)."""

USUAL_VISIT = timedelta(hours=1)


def is_report_missing(visit: Visit, now: datetime) -> bool:
    """Whether a visit should have its report by now; one without any time of its own should have it already."""
    if visit.state not in (VisitState.PLANNED, VisitState.STARTED):
        return False
    begun = visit.checked_in_at or visit.appointment_at
    end = visit.planned_end_at or (begun + USUAL_VISIT if begun else None)
    return end is None or end + REPORT_AFTER <= now
