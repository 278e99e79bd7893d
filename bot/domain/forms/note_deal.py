"""A deal as a rep notes it: a new one by its name, or more of a known one. METHOD.md section 7."""

from datetime import date
from decimal import Decimal

from bot.domain.forms.asking import Form, ask, form
from bot.domain.forms.context import Pick
from bot.domain.forms.kinds_choice import choice, pick, yes_no
from bot.domain.forms.kinds_combined import many, or_words
from bot.domain.forms.kinds_when import day
from bot.domain.forms.kinds_words import OwnWords, amount, number, text
from bot.domain.vocabulary import DealStage, Depth

CRITERIA_CHARACTERS = 500
ALL_PERCENT = 100


@form("note_deal", version=1, saves_at=(Depth.QUICK,))
class NoteDeal(Form):
    """The sources are the customer's open deals, its suppliers, the team's products. Quick asks for what is sold."""

    deal: Pick | OwnWords = ask(or_words(pick("opportunities")), skippable=False)
    stage: DealStage | None = ask(
        choice(DealStage, leave_out=(DealStage.AFTER_SALES, DealStage.LOST, DealStage.ABANDONED))
    )
    deal_amount: Decimal | None = ask(amount())
    expected_on: date | None = ask(day())
    percent: int | None = ask(number(0, ALL_PERCENT), depth=Depth.CORE)
    products: tuple[Pick | OwnWords, ...] = ask(many(or_words(pick("products"))), depth=Depth.CORE)
    competitor: Pick | OwnWords | None = ask(or_words(pick("suppliers")), depth=Depth.CORE)
    criteria: str | None = ask(text(limit=CRITERIA_CHARACTERS), depth=Depth.CORE)
    criteria_fixed: bool | None = ask(yes_no(), depth=Depth.CORE)
    bottom_line: Decimal | None = ask(amount(), depth=Depth.CORE)
