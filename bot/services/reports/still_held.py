"""What a corrected report still says: its promises and its moved visit stay the entries they were, kept ones kept."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from sqlmodel import col, select

from bot.domain.authority import authority_of, size_from
from bot.domain.forms.approvals import the_size
from bot.domain.forms.kinds_words import OwnWords
from bot.domain.forms.post_visit import PostVisit, PromiseMade
from bot.domain.vocabulary import CommitmentKind, PromiseKind, PromiseSide, PromiseState
from bot.services.work import Work
from bot.store.tables import Promise, Visit

Said = tuple[PromiseSide, str | None, str, int | None]
"""Whose promise, its kind, its own words, its size: what makes it the same one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StillHeld:
    """Entries of the earlier report that the correction takes over, each once."""

    promises: Mapping[Said, list[Promise]] = field(default_factory=dict)
    moved: Visit | None = None

    @property
    def promise_ids(self) -> frozenset[int | None]:
        return frozenset(promise.id for same in self.promises.values() for promise in same)

    def take(self, said: Said) -> Promise | None:
        """The earlier entry that says the same, or None."""
        same = self.promises.get(said)
        return same.pop(0) if same else None


async def still_held(work: Work, report_id: int, form: PostVisit) -> StillHeld:
    """What of a report's entries its corrected form says again."""
    wanted = list(_said(form, work.acting.currency))
    entries = select(Promise).where(
        col(Promise.team_id) == work.acting.team_id,
        col(Promise.report_id) == report_id,
        col(Promise.state) != PromiseState.WITHDRAWN,
    )
    promises: dict[Said, list[Promise]] = {}
    for promise in (await work.session.exec(entries.order_by(col(Promise.id)))).all():
        said = (promise.side, promise.kind, promise.text, promise.size)
        if said in wanted:
            wanted.remove(said)
            promises.setdefault(said, []).append(promise)
    moved = select(Visit).where(
        col(Visit.team_id) == work.acting.team_id,
        col(Visit.report_id) == report_id,
        col(Visit.appointment_at) == form.new_time,
    )
    return StillHeld(promises=promises, moved=(await work.session.exec(moved)).first() if form.new_time else None)


def _said(form: PostVisit, currency: str) -> Iterator[Said]:
    for promised in form.promises:
        kind, words = what_of(promised)
        yield PromiseSide.OURS, kind.value if kind else None, words, size_of(promised, currency)
    if form.commitment not in (None, CommitmentKind.NONE):
        yield PromiseSide.THEIRS, form.commitment.value, "", None


def what_of(promised: PromiseMade) -> tuple[PromiseKind | None, str]:
    """A promise's kind, or its own words."""
    return (None, promised.what.text) if isinstance(promised.what, OwnWords) else (promised.what, promised.terms or "")


def size_of(promised: PromiseMade, currency: str) -> int | None:
    """How much is promised, in the unit of its kind; None where no limit is set on that kind."""
    kind, _ = what_of(promised)
    authority = authority_of(kind)
    value = the_size(promised.percent, promised.days, promised.value)
    return size_from(authority, value, currency) if authority else None
