"""The one decision about notices: when each is told, whether it rings, and which are told in one message.

Pure: the same function decides when the bot tells, when a dry run foresees, and when tests try ten years of it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import Enum, StrEnum
from zoneinfo import ZoneInfo

from bot.domain.courtesy import RINGS_A_DAY, IsWorkingDay, QuietHours
from bot.domain.wall_time import instant_of

TOGETHER = timedelta(minutes=15)
"""What falls due this soon after something that is told is told with it."""

REP_FIRST = timedelta(days=1)
"""So long at most a manager's notice waits until the rep has heard of the same thing."""

LONGEST_ABSENCE_DAYS = 60


class Why(StrEnum):
    """Why a notice came as it did, or did not come: kept with it."""

    DUE = "due"
    BUDGET = "budget"  # silent: enough rings today
    BESIDE = "beside"  # silent: another message rings at this very moment
    TOGETHER = "together"  # told in another's message
    QUIET_HOURS = "quiet_hours"  # moved to their end
    SILENT_IN_QUIET_HOURS = "silent_in_quiet_hours"  # worthless after them
    DAY_OFF = "day_off"
    NEXT_WORKING_DAY = "next_working_day"  # moved there
    WORKING_HOURS = "working_hours"  # moved to when work begins
    CONTACT_HOURS = "contact_hours"  # moved to when the customer can be called
    REP_FIRST = "rep_first"  # moved: the rep hears of it before the manager
    MUTED = "muted"  # the person does not want this kind
    SNOOZED = "snoozed"  # the person asked for it again at this time
    ZONE_RULES = "zone_rules"  # moved: the zone's clocks now show that time at another instant
    TOO_LATE = "too_late"  # worthless by now
    LEFT = "left"
    UNREACHABLE = "unreachable"
    NOTHING_TO_SAY = "nothing_to_say"  # any more
    WITHDRAWN = "withdrawn"  # what it was about changed


class OnDayOff(Enum):
    TELL = "tell"
    DROP = "drop"
    MOVE = "move"


class Mute(Enum):
    """What "stop asking me this" does to a kind."""

    DROP = "drop"
    SILENT = "silent"
    NEVER = "never"


class Lasts(Enum):
    """Until when telling helps. ``ITS_DATE``: to the end of the date it belongs to; without one for good."""

    ITS_DATE = "its_date"
    WORK_OF_ITS_DATE = "work_of_its_date"
    HALF_HOUR = "half_hour"
    FOR_GOOD = "for_good"


@dataclass(frozen=True, slots=True, kw_only=True)
class Manner:
    """How a kind of notice is told.

    ``urgent`` may break quiet hours and costs nothing of the budget: appointments, and nothing else. ``alone`` is a
    message of its own, never merged. ``in_work`` waits for working hours. ``follows`` names the kind by which the rep
    hears of the same subject first. ``snoozes``: it can be asked for again later.
    """

    rings: bool = True
    urgent: bool = False
    alone: bool = False
    in_work: bool = False
    day_off: OnDayOff = OnDayOff.DROP
    mute: Mute = Mute.SILENT
    lasts: Lasts = Lasts.ITS_DATE
    follows: str | None = None
    snoozes: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """Whom to tell. ``gone`` says why the person cannot be told anything."""

    zone: ZoneInfo
    work_from: time
    work_until: time
    quiet: QuietHours
    is_working: IsWorkingDay
    rings_a_day: int = RINGS_A_DAY
    muted: frozenset[str] = frozenset()
    gone: Why | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Pending:
    """A notice to be decided. ``rep_hears_at``: the rep has not heard of its subject yet, and will then."""

    id: int
    kind: str
    manner: Manner
    due_at: datetime
    on: date | None = None
    rep_hears_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rung:
    """What rang at a person on this local date so far, urgent kinds left out."""

    count: int = 0
    last_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What happens to a notice. ``tells`` False with ``moves_to`` puts it off, without it drops it.

    ``lead`` is the notice in whose message it is told; its own id where the message is its own.
    """

    id: int
    kind: str
    tells: bool
    why: Why
    rings: bool = False
    moves_to: datetime | None = None
    lead: int | None = None


def worthless_after(notice: Pending, to: Recipient) -> datetime | None:
    """The instant after which telling helps nobody, or None."""
    if notice.manner.lasts is Lasts.HALF_HOUR:
        return notice.due_at + timedelta(minutes=30)
    if notice.on is None or notice.manner.lasts is Lasts.FOR_GOOD:
        return None
    if notice.manner.lasts is Lasts.WORK_OF_ITS_DATE:
        return instant_of(notice.on, to.work_until, to.zone)
    return instant_of(notice.on + timedelta(days=1), time(0, 0), to.zone)


def decide(pending: Sequence[Pending], to: Recipient, *, now: datetime, rung: Rung) -> list[Decision]:
    """Decide about everything of one person that is due, messages in the order in which they are sent.

    ``pending`` holds what is due until ``now + TOGETHER``; what is not due yet is decided only where it joins a
    message that is sent anyway. At one instant at most one message rings, urgent ones left out.
    """
    ordered = sorted(pending, key=lambda one: (one.due_at, one.id))
    judged = [(one, _judge(one, to, now)) for one in ordered if one.due_at <= now + TOGETHER]
    due = [(one, verdict) for one, verdict in judged if one.due_at <= now]
    decisions = [verdict for _, verdict in due if not verdict.tells]
    told = [(one, verdict) for one, verdict in due if verdict.tells]
    decisions += [verdict for one, verdict in told if one.manner.urgent]
    bell = _Bell(left=to.rings_a_day - rung.count, rings_now=rung.last_at == now)
    for one, verdict in told:
        if one.manner.alone and not one.manner.urgent:
            decisions.append(bell.ring(verdict))
    if any(_merges(one) for one, _ in told):
        decisions += _one_message([verdict for one, verdict in judged if verdict.tells and _merges(one)], bell)
    return decisions


def first_message(decisions: Sequence[Decision]) -> Sequence[Decision]:
    """What is carried out first: the notices of one message, its lead first, or one that is moved or dropped.

    What follows is decided anew, since a message may turn out to have nothing to say.
    """
    first = decisions[0]
    return [one for one in decisions if one.lead == first.lead] if first.tells else decisions[:1]


def _merges(notice: Pending) -> bool:
    return not (notice.manner.alone or notice.manner.urgent)


def _one_message(verdicts: Sequence[Decision], bell: "_Bell") -> list[Decision]:
    """The first that may ring leads; the others come with it."""
    first = next((one for one in verdicts if one.rings), verdicts[0])
    lead = bell.ring(first)
    others = [
        Decision(id=one.id, kind=one.kind, tells=True, why=Why.TOGETHER, lead=lead.id)
        for one in verdicts
        if one is not first
    ]
    return [lead, *others]


@dataclass(slots=True, kw_only=True)
class _Bell:
    """Rings are few: one at a time, and so many a day."""

    left: int
    rings_now: bool

    def ring(self, verdict: Decision) -> Decision:
        if not verdict.rings:
            return verdict
        why = Why.BESIDE if self.rings_now else Why.BUDGET if self.left <= 0 else None
        if why is not None:
            return Decision(id=verdict.id, kind=verdict.kind, tells=True, why=why, lead=verdict.lead)
        self.left, self.rings_now = self.left - 1, True
        return verdict


def _judge(one: Pending, to: Recipient, now: datetime) -> Decision:
    """What would happen to a notice if it were the only one. ``rings`` says that it may."""
    limit = worthless_after(one, to)
    dropped = _drops(one, to, now, limit)
    if dropped is not None:
        return Decision(id=one.id, kind=one.kind, tells=False, why=dropped)
    silent = not one.manner.rings or (one.kind in to.muted and one.manner.mute is not Mute.NEVER)
    moved = _moves(one, to, now, silent=silent)
    if moved is not None and moved[1] > now:  # clocks that go back repeat an hour: its end may have come already
        why, moves_to = moved
        if limit is None or moves_to < limit:
            return Decision(id=one.id, kind=one.kind, tells=False, why=why, moves_to=moves_to)
        if why is Why.NEXT_WORKING_DAY:
            return Decision(id=one.id, kind=one.kind, tells=False, why=Why.DAY_OFF)
        return Decision(id=one.id, kind=one.kind, tells=True, why=Why.SILENT_IN_QUIET_HOURS, lead=one.id)
    why = Why.MUTED if silent and one.manner.rings else Why.DUE
    return Decision(id=one.id, kind=one.kind, tells=True, why=why, rings=not silent, lead=one.id)


def _drops(one: Pending, to: Recipient, now: datetime, limit: datetime | None) -> Why | None:
    if to.gone is not None:
        return to.gone
    if limit is not None and now >= limit:
        return Why.TOO_LATE
    if one.kind in to.muted and one.manner.mute is Mute.DROP:
        return Why.MUTED
    is_off = one.manner.day_off is OnDayOff.DROP and not to.is_working(now.astimezone(to.zone).date())
    return Why.DAY_OFF if is_off else None


def _moves(one: Pending, to: Recipient, now: datetime, *, silent: bool) -> tuple[Why, datetime] | None:
    """Why and to when a notice is put off; what makes no sound disturbs nobody, except on a day off."""
    if one.rep_hears_at is not None and now < (latest := one.due_at + REP_FIRST):
        return Why.REP_FIRST, min(max(one.rep_hears_at, now) + TOGETHER, latest)
    if one.manner.day_off is OnDayOff.MOVE and not to.is_working(now.astimezone(to.zone).date()):
        return Why.NEXT_WORKING_DAY, next_work(now, to)
    if silent or one.manner.urgent:
        return None
    quiet_end = to.quiet.end_after(now)
    if quiet_end is not None:
        return Why.QUIET_HOURS, quiet_end
    if one.manner.in_work and not _is_in_work(now, to):
        return Why.WORKING_HOURS, next_work(now, to)
    return None


def _is_in_work(now: datetime, to: Recipient) -> bool:
    local = now.astimezone(to.zone)
    return to.is_working(local.date()) and to.work_from <= local.time().replace(tzinfo=None) < to.work_until


def next_work(now: datetime, to: Recipient) -> datetime:
    """When work begins next: today where that is still ahead, else on the next working day."""
    today = now.astimezone(to.zone).date()
    begins = instant_of(today, to.work_from, to.zone)
    if to.is_working(today) and begins > now:
        return begins
    days = (today + timedelta(days=count) for count in range(1, LONGEST_ABSENCE_DAYS))
    back = next((day for day in days if to.is_working(day)), today + timedelta(days=LONGEST_ABSENCE_DAYS))
    return instant_of(back, to.work_from, to.zone)


def next_occurrence(
    *, start: date, wall: time, zone: ZoneInfo, is_working: IsWorkingDay, after: datetime | None = None
) -> tuple[date, datetime] | None:
    """The first working date from ``start`` and its instant, later than ``after``; None within 60 days of none."""
    for day in (start + timedelta(days=count) for count in range(LONGEST_ABSENCE_DAYS)):
        if is_working(day):
            due_at = instant_of(day, wall, zone)
            if after is None or due_at > after:
                return day, due_at
    return None


class Later(StrEnum):
    """For when a notice can be asked for again."""

    HOUR = "hour"
    EVENING = "evening"
    TOMORROW = "tomorrow"
    NEXT_WORK = "next_work"
    NEXT_WEEK = "next_week"


def later_choices(now: datetime, to: Recipient, *, limit: datetime | None = None) -> list[tuple[Later, datetime]]:
    """Sensible times to be told again, in order: none in quiet hours, none after ``limit``, none twice."""
    today = now.astimezone(to.zone).date()
    working = [day for day in (today + timedelta(days=count) for count in range(1, 8)) if to.is_working(day)]
    week = today + timedelta(days=8 - today.isoweekday())  # the Monday after
    choices = [
        (Later.HOUR, now + timedelta(hours=1)),
        (Later.EVENING, instant_of(today, to.work_until, to.zone)),
        (Later.TOMORROW, instant_of(today + timedelta(days=1), to.work_from, to.zone)),
        *((Later.NEXT_WORK, instant_of(day, to.work_from, to.zone)) for day in working[:1]),
        (Later.NEXT_WEEK, instant_of(week, to.work_from, to.zone)),
    ]
    kept: list[tuple[Later, datetime]] = []
    for name, at in choices:
        fits = at > now and (limit is None or at < limit) and to.quiet.end_after(at) is None
        if fits and all(at != other for _, other in kept):
            kept.append((name, at))
    return kept
