"""What a person will be told, and when: the one decision about notices, followed through time. Pure."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.domain.notices import TOGETHER, Decision, Pending, Recipient, Rung, Why, decide, first_message


@dataclass(frozen=True, slots=True, kw_only=True)
class Foreseen:
    """What becomes of a message, or of a notice that is not told. ``merged`` are the kinds that come with it.

    ``ids`` names every notice in it, the lead first. ``why`` is why it was moved there, where it was moved.
    """

    at: datetime
    kind: str
    tells: bool
    rings: bool
    why: Why
    merged: tuple[str, ...] = ()
    ids: tuple[int, ...] = ()


def foresee(
    pending: Iterable[Pending],
    to: Recipient,
    *,
    start: datetime,
    end: datetime,
    rung: Rung | None = None,
    then: Callable[[Foreseen], Iterable[Pending]] = lambda _: (),
) -> list[Foreseen]:
    """Follow notices from ``start`` to ``end``: each is told, told with another, or dropped, with the reason.

    What is due already is decided at ``start``. ``rung`` is what rang on that local date before. ``then`` gives the
    notices that follow from each outcome.
    """
    waiting = {one.id: one for one in pending}
    moved: dict[int, Why] = {}
    found: list[Foreseen] = []
    now, rung = start, rung or Rung()
    while waiting:
        due = min(one.due_at for one in waiting.values())
        if due > end:
            break
        instant = max(due, now)
        if instant.astimezone(to.zone).date() != now.astimezone(to.zone).date():
            rung = Rung()
        now = instant
        near = [one for one in waiting.values() if one.due_at <= now + TOGETHER]
        message = first_message(decide(near, to, now=now, rung=rung))
        lead = message[0]
        if lead.moves_to is not None:
            waiting[lead.id] = replace(waiting[lead.id], due_at=lead.moves_to, rep_hears_at=None)
            moved[lead.id] = lead.why
            continue
        manner = waiting[lead.id].manner
        if lead.rings and not manner.urgent:
            rung = Rung(count=rung.count + 1, last_at=now)
        found.append(_outcome(now, message, moved))
        for one in message:
            del waiting[one.id]
        waiting.update({one.id: one for one in then(found[-1])})
    return found


def _outcome(now: datetime, message: Sequence[Decision], moved: dict[int, Why]) -> Foreseen:
    lead = message[0]
    return Foreseen(
        at=now,
        kind=lead.kind,
        tells=lead.tells,
        rings=lead.rings,
        why=moved.get(lead.id, lead.why) if lead.why is Why.DUE else lead.why,
        merged=tuple(one.kind for one in message[1:]),
        ids=tuple(one.id for one in message),
    )
