"""A promise or a commitment outside a visit: to whom, which side, what, how much, by when."""

from datetime import datetime, time
from decimal import Decimal

from bot.domain.forms.asking import Form, answered, ask, form
from bot.domain.forms.context import Pick
from bot.domain.forms.kinds_choice import choice, pick
from bot.domain.forms.kinds_combined import or_words
from bot.domain.forms.kinds_percent import percent
from bot.domain.forms.kinds_when import moment
from bot.domain.forms.kinds_words import OwnWords, amount, number, text
from bot.domain.vocabulary import CommitmentKind, Depth, PromiseKind, PromiseSide

END_OF_DAY = time(17, 0)
MOST_DAYS = 365
TERMS_CHARACTERS = 300


@form("add_promise", version=1, saves_at=tuple(Depth))
class AddPromise(Form):
    """The source ``customers`` holds those whom the person works, today's and last visited first."""

    customer: Pick = ask(pick("customers"), skippable=False)
    side: PromiseSide = ask(choice(PromiseSide), skippable=False)
    ours: PromiseKind | OwnWords | None = ask(
        or_words(choice(PromiseKind)), skippable=False, when=answered("side", PromiseSide.OURS)
    )
    percent: Decimal | None = ask(percent(), skippable=False, when=answered("ours", PromiseKind.DISCOUNT))
    days: int | None = ask(number(1, MOST_DAYS), skippable=False, when=answered("ours", PromiseKind.CREDIT))
    value: Decimal | None = ask(
        amount(), skippable=False, when=answered("ours", PromiseKind.FREE_GOODS, PromiseKind.GIFT)
    )
    terms: str | None = ask(
        text(limit=TERMS_CHARACTERS), skippable=False, when=answered("ours", PromiseKind.SPECIAL_TERM)
    )
    theirs: CommitmentKind | OwnWords | None = ask(
        or_words(choice(CommitmentKind, leave_out=(CommitmentKind.NONE,))),
        skippable=False,
        when=answered("side", PromiseSide.THEIRS),
    )
    order_amount: Decimal | None = ask(amount(), when=answered("theirs", CommitmentKind.ORDER))
    due: datetime = ask(moment(default_time=END_OF_DAY), skippable=False)
