"""Makes of what is known of a team the prompts that are due: pure, one rule of ``domain.care`` after the other."""

from collections.abc import Iterator
from datetime import timedelta

from bot.domain import care
from bot.domain.birthdays import birthday_prompt
from bot.domain.care import IsWorkingDay, Prompt
from bot.domain.festivals import festival_prompt
from bot.domain.news import Audience, news_prompt
from bot.services.care.gathering import Gathered, Known

BUYING = timedelta(days=365)


def make_prompts(known: Gathered, is_working: IsWorkingDay) -> list[Prompt]:
    """Everything that is due on the date, what is not for a customer left out. Made twice, it is the same."""
    return [one for one in _all(known, is_working) if (one.customer_id, one.kind) not in known.quiet]


def _all(known: Gathered, is_working: IsWorkingDay) -> Iterator[Prompt]:
    for customer in known.customers.values():
        yield from _of_orders(known, customer)
        yield from _of_cadence(known, customer, is_working)
        yield from _of_all(known, customer, is_working)
    for born in known.birthdays:
        if born.customer_id in known.customers:
            prompt = birthday_prompt(
                born.customer_id, born.contact_id, born.name, born.birthday, known.today, is_working
            )
            if prompt is not None:
                yield prompt


def _of_orders(known: Gathered, customer: Known) -> Iterator[Prompt]:
    if customer.last_order_on is None:
        return
    identity, last = customer.customer_id, customer.last_order_on
    point = care.after_sales(identity, last, customer.gap_days, known.settings.after_sales, known.today)
    again = care.reorder(identity, last, customer.own_gap_days, known.today)
    yield from (one for one in (point, again) if one is not None)


def _of_cadence(known: Gathered, customer: Known, is_working: IsWorkingDay) -> Iterator[Prompt]:
    identity = customer.customer_id
    if customer.is_key_account:
        ask = care.key_account_referral(
            identity,
            known.today,
            every_days=known.settings.referral_days,
            last_asked_on=known.asked_on.get(identity),
            has_open_complaint=identity in known.complained,
        )
        if ask is not None:
            yield ask
    own = known.cares.get(identity)
    since = (own.nurture_since if own else None) or known.refused.get(identity)
    if since is None or identity in known.nurtured:
        return
    every = (own.nurture_days if own else None) or known.settings.nurture_days
    due_on = care.nurture_due(
        since=since,
        last_touch_on=known.last_touch_on.get(identity),
        every_days=every,
        busiest=own.busiest if own else "",
        is_working=is_working,
    )
    prompt = care.nurture(identity, due_on, known.today, touches=known.touches.get(identity, 0), every_days=every)
    if prompt is not None:
        yield prompt


def _of_all(known: Gathered, customer: Known, is_working: IsWorkingDay) -> Iterator[Prompt]:
    """Wishes and news: to those who buy or are worth it."""
    is_buying = customer.bought_since(known.today - BUYING)
    if is_buying or customer.is_valuable:
        for festival, on in known.festivals.items():
            wish = festival_prompt(customer.customer_id, festival, on, known.today, is_working)
            if wish is not None:
                yield wish
    for news in known.news:
        assert news.id is not None
        if Audience(news.audience).has(is_valuable=customer.is_valuable, is_buying=is_buying):
            on = news.at.astimezone(known.zone).date()
            yield news_prompt(customer.customer_id, news.id, news.text, on=on, until=news.until)
