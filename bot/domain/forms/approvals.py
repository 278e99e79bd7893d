"""The small forms about authority: asking for more, the facts behind it, a question and its reply, limits of a team."""

from datetime import datetime, time
from decimal import Decimal

from bot.domain.authority import AskReason, AuthorityKind
from bot.domain.forms.asking import Form, answered, ask, form
from bot.domain.forms.context import Pick
from bot.domain.forms.kinds_choice import choice, pick
from bot.domain.forms.kinds_combined import or_words
from bot.domain.forms.kinds_percent import percent
from bot.domain.forms.kinds_when import moment
from bot.domain.forms.kinds_words import OwnWords, amount, number, text
from bot.domain.vocabulary import Depth

MOST_DAYS = 365
WORDS_CHARACTERS = 300
NOON = time(12, 0)
MONEY = (AuthorityKind.FREE_GOODS, AuthorityKind.GIFT)


@form("ask_approval", version=1, saves_at=tuple(Depth))
class AskApproval(Form):
    """Of a customer: what, and how much of it. Sent by the last answer."""

    kind: AuthorityKind = ask(choice(AuthorityKind), skippable=False)
    percent: Decimal | None = ask(percent(), skippable=False, when=answered("kind", AuthorityKind.DISCOUNT))
    days: int | None = ask(number(1, MOST_DAYS), skippable=False, when=answered("kind", AuthorityKind.CREDIT))
    value: Decimal | None = ask(amount(), skippable=False, when=answered("kind", *MONEY))
    terms: str | None = ask(
        text(limit=WORDS_CHARACTERS), skippable=False, when=answered("kind", AuthorityKind.SPECIAL_TERM)
    )
    gift_for: Pick | OwnWords | None = ask(or_words(pick("contacts")), when=answered("kind", AuthorityKind.GIFT))
    gift: str | None = ask(text(limit=WORDS_CHARACTERS), when=answered("kind", AuthorityKind.GIFT))


@form("approval_facts", version=1, saves_at=tuple(Depth))
class ApprovalFacts(Form):
    """What helps the manager to say yes: all of it can be skipped."""

    reason: AskReason | OwnWords | None = ask(or_words(choice(AskReason)))
    order_amount: Decimal | None = ask(amount())
    answer_by: datetime | None = ask(moment(default_time=NOON))


@form("approval_note", version=1, saves_at=tuple(Depth))
class ApprovalNote(Form):
    """A manager's question about a request, or the rep's reply."""

    words: str = ask(text(limit=WORDS_CHARACTERS), skippable=False)


@form("approval_grant", version=1, saves_at=tuple(Depth))
class ApprovalGrant(Form):
    """Approve up to a size of one's own. The kind is known before."""

    kind: AuthorityKind = ask(choice(AuthorityKind), skippable=False)
    percent: Decimal | None = ask(percent(), skippable=False, when=answered("kind", AuthorityKind.DISCOUNT))
    days: int | None = ask(number(1, MOST_DAYS), skippable=False, when=answered("kind", AuthorityKind.CREDIT))
    value: Decimal | None = ask(amount(), skippable=False, when=answered("kind", *MONEY))


@form("set_limit", version=1, saves_at=tuple(Depth))
class SetLimit(Form):
    """How far the team's reps go alone; skipped, not at all. The second limit: at once, and the manager ratifies."""

    kind: AuthorityKind = ask(choice(AuthorityKind, leave_out=(AuthorityKind.SPECIAL_TERM,)), skippable=False)
    own_percent: Decimal | None = ask(percent(), when=answered("kind", AuthorityKind.DISCOUNT))
    own_days: int | None = ask(number(1, MOST_DAYS), when=answered("kind", AuthorityKind.CREDIT))
    own_value: Decimal | None = ask(amount(), when=answered("kind", *MONEY))
    first_percent: Decimal | None = ask(percent(), when=answered("kind", AuthorityKind.DISCOUNT))
    first_days: int | None = ask(number(1, MOST_DAYS), when=answered("kind", AuthorityKind.CREDIT))
    first_value: Decimal | None = ask(amount(), when=answered("kind", *MONEY))


def the_size(*values: Decimal | int | None) -> Decimal | int | None:
    """The one that was asked for, of fields of which one is."""
    return next((value for value in values if value is not None), None)
