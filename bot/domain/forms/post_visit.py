"""The post-visit form of METHOD.md section 8: what happened, what was agreed, what comes next."""

from datetime import date, datetime, time
from decimal import Decimal

from bot.domain.forms.asking import Form, answered, ask, form
from bot.domain.forms.context import Pick
from bot.domain.forms.kinds_choice import choice, pick, score
from bot.domain.forms.kinds_combined import among, many, or_person, or_sentence, or_words
from bot.domain.forms.kinds_percent import percent
from bot.domain.forms.kinds_shared import Media, ShareRange, photo, share, voice
from bot.domain.forms.kinds_when import day, moment
from bot.domain.forms.kinds_words import NewPerson, OwnWords, amount, number, text
from bot.domain.forms.records import records
from bot.domain.funnel import EVIDENCE_OF_ENTRY, GIVEN_UP, DealEnd, DealEvidence
from bot.domain.vocabulary import (
    CommitmentKind,
    DealStage,
    Depth,
    ExpectationSource,
    Mood,
    Need,
    NotMetReason,
    ObjectionKind,
    ObjectionResult,
    PromiseKind,
    PurposeReached,
    ServiceLevel,
    TookPlace,
    TrialFeedback,
)

LEAST_INTEREST, MOST_INTEREST = 0, 4
LEAST_SATISFIED, MOST_SATISFIED = 1, 5
MOST_PHOTOS = 5
ANSWER_CHARACTERS = 500
MOST_DAYS = 365
TERMS_CHARACTERS = 300
END_OF_DAY = time(17, 0)

NEED = or_words(choice(Need))
MET = answered("took_place", TookPlace.MET)
SEEN = answered("took_place", TookPlace.MET, TookPlace.BAD_MOMENT)


@form("product_shown", version=1, saves_at=tuple(Depth))
class ProductShown(Form):
    """A product that was spoken of: interest from 0, none, to 4, wants it; and what a trial brought."""

    product: Pick | OwnWords = ask(or_words(pick("products")), skippable=False)
    interest: int | None = ask(score(LEAST_INTEREST, MOST_INTEREST))
    trial: TrialFeedback | None = ask(choice(TrialFeedback), depth=Depth.FULL)


@form("objection_met", version=2, saves_at=tuple(Depth))
class ObjectionMet(Form):
    """An objection that came up, what was answered to it, and how it ended."""

    objection: ObjectionKind | OwnWords = ask(or_words(choice(ObjectionKind)), skippable=False)
    answer: Pick | OwnWords | None = ask(or_sentence(pick("answers", by="objection"), limit=ANSWER_CHARACTERS))
    result: ObjectionResult | None = ask(choice(ObjectionResult))


@form("promise_made", version=1, saves_at=tuple(Depth))
class PromiseMade(Form):
    """What we promised, how much of what exceeds one's authority, and by when."""

    what: PromiseKind | OwnWords = ask(or_words(choice(PromiseKind)), skippable=False)
    percent: Decimal | None = ask(percent(), skippable=False, when=answered("what", PromiseKind.DISCOUNT))
    days: int | None = ask(number(1, MOST_DAYS), skippable=False, when=answered("what", PromiseKind.CREDIT))
    value: Decimal | None = ask(
        amount(), skippable=False, when=answered("what", PromiseKind.FREE_GOODS, PromiseKind.GIFT)
    )
    terms: str | None = ask(
        text(limit=TERMS_CHARACTERS), skippable=False, when=answered("what", PromiseKind.SPECIAL_TERM)
    )
    due: datetime = ask(moment(default_time=END_OF_DAY), skippable=False)


@form("post_visit", version=1, saves_at=(Depth.QUICK,))
class PostVisit(Form):
    """Sources: contacts, products, opportunities, suppliers, answers by objection. ``next_visit`` is suggested."""

    took_place: TookPlace = ask(choice(TookPlace), skippable=False)
    not_met_reason: NotMetReason | None = ask(
        choice(NotMetReason), skippable=False, when=answered("took_place", TookPlace.NOT_MET)
    )
    new_time: datetime | None = ask(moment(), skippable=False, when=answered("took_place", TookPlace.RESCHEDULED))
    who_met: tuple[Pick | NewPerson, ...] = ask(many(or_person(pick("contacts"))), depth=Depth.CORE, when=SEEN)
    mood: Mood | None = ask(choice(Mood), depth=Depth.FULL, when=SEEN)
    purpose_reached: PurposeReached | None = ask(choice(PurposeReached), when=MET)
    needs: tuple[Need | OwnWords, ...] = ask(many(NEED), depth=Depth.CORE, when=MET)
    needs_confirmed: tuple[Need | OwnWords, ...] = ask(
        many(among("needs", NEED)), depth=Depth.FULL, when=answered("needs")
    )
    products: tuple[ProductShown, ...] = ask(records(ProductShown), depth=Depth.FULL, when=MET)
    objections: tuple[ObjectionMet, ...] = ask(records(ObjectionMet), depth=Depth.CORE, when=MET)
    commitment: CommitmentKind | None = ask(choice(CommitmentKind), when=MET)
    commitment_amount: Decimal | None = ask(
        amount(), depth=Depth.CORE, when=answered("commitment", CommitmentKind.ORDER)
    )
    commitment_due: date | None = ask(
        day(),
        depth=Depth.CORE,
        when=answered("commitment", *(one for one in CommitmentKind if one is not CommitmentKind.NONE)),
    )
    promises: tuple[PromiseMade, ...] = ask(records(PromiseMade), depth=Depth.CORE, when=SEEN)
    opportunity: Pick | OwnWords | None = ask(or_words(pick("opportunities")), depth=Depth.FULL, when=MET)
    deal_stage: DealStage | None = ask(choice(DealStage), depth=Depth.FULL, when=answered("opportunity"))
    deal_evidence: DealEvidence | None = ask(
        choice(DealEvidence, by=("deal_stage", EVIDENCE_OF_ENTRY)),
        depth=Depth.FULL,
        when=answered("deal_stage", *(stage for stage in DealStage if stage in EVIDENCE_OF_ENTRY)),
    )
    deal_end: DealEnd | None = ask(choice(DealEnd), depth=Depth.FULL, when=answered("deal_stage", *GIVEN_UP))
    deal_amount: Decimal | None = ask(amount(), depth=Depth.FULL, when=answered("opportunity"))
    suppliers: tuple[Pick | OwnWords, ...] = ask(many(or_words(pick("suppliers"))), depth=Depth.FULL, when=MET)
    our_share: ShareRange | None = ask(share(), depth=Depth.FULL, when=MET)
    competitor_news: str | None = ask(text(), depth=Depth.FULL, when=MET)
    expected: int | None = ask(score(LEAST_SATISFIED, MOST_SATISFIED), depth=Depth.FULL, when=MET)
    expected_from: ExpectationSource | None = ask(
        choice(ExpectationSource), depth=Depth.FULL, when=answered("expected")
    )
    perceived: int | None = ask(score(LEAST_SATISFIED, MOST_SATISFIED), depth=Depth.FULL, when=MET)
    complaint: str | None = ask(text(), depth=Depth.CORE, when=SEEN)
    service_level: ServiceLevel | None = ask(choice(ServiceLevel), depth=Depth.CORE, when=MET)
    service_evidence: str | None = ask(
        text(),
        depth=Depth.CORE,
        when=answered("service_level", ServiceLevel.BASIC, ServiceLevel.BEYOND, ServiceLevel.MOVING),
    )
    next_visit: date | None = ask(
        day(), when=answered("took_place", TookPlace.MET, TookPlace.NOT_MET, TookPlace.BAD_MOMENT)
    )
    notes: str | None = ask(text(), depth=Depth.CORE)
    photos: tuple[Media, ...] = ask(many(photo(), most=MOST_PHOTOS), depth=Depth.FULL, when=SEEN)
    voice: Media | None = ask(voice(), depth=Depth.FULL, when=SEEN)
