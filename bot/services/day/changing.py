"""The screens around a route: what can be changed, who was left out, who else is near."""

from datetime import date

from bot.domain.screen import Json, Screen
from bot.services.day.facts import shown_words
from bot.services.day.gathering import place_of_rep
from bot.services.day.nearby import Offer, offers_near
from bot.services.day.showing import current_view
from bot.services.day.solving import reasons_of
from bot.services.navigation import pin_of
from bot.services.work import Work
from bot.store.customers import get_customer
from bot.store.day_plans import get_day_plan

LEFT_SHOWN = 10


async def change_screen(work: Work, on: date) -> Screen:
    """What a rep can change. Its buttons hold the plan's revision, so that a double tap is not twice as late."""
    row = await get_day_plan(work.session, work.acting, on)
    facts: dict[str, Json] = {
        "on": on.isoformat(),
        "plan_id": row.id if row else 0,
        "revision": row.revision if row else 0,
    }
    return Screen(template="replies/day_change", facts=facts)


async def left_screen(work: Work, on: date) -> Screen:
    """Who is not in the route, the best first, each with its reason."""
    view = await current_view(work.session, work.acting, on, work.now)
    left = [entry for entry in view.route.left_out if entry.customer_id in view.customers] if view else []
    entries: list[Json] = [
        {
            "number": number,
            "customer_id": entry.customer_id,
            "name": view.customers[entry.customer_id].name if view else "",
            "grade": entry.grade,
            "priority": entry.priority,
            "pinned": entry.pinned,
            "why": entry.why,
        }
        for number, entry in enumerate(left[:LEFT_SHOWN], start=1)
    ]
    return Screen(template="replies/day_left", facts={"on": on.isoformat(), "count": len(left), "entries": entries})


async def near_screen(work: Work, on: date, *, gone: int | None) -> Screen:
    """The best customers near the rep, or near the customer where nobody was."""
    session, acting = work.session, work.acting
    row = await get_day_plan(session, acting, on)
    customer = await get_customer(session, acting, gone) if gone is not None else None
    near = pin_of(customer) if customer else None
    if near is None:
        near = await place_of_rep(session, acting, on, work.now)
    offers = await offers_near(session, acting, on, work.now, near)
    facts: dict[str, Json] = {
        "why": "add" if customer is None else "gone",
        "name": customer.name if customer else "",
        "customer_id": gone,
        "plan_id": row.id if row else 0,
        "currency": acting.currency,
        "offers": [_offer(offer, work) for offer in offers],
    }
    return Screen(template="replies/day_near", facts=facts)


def _offer(offer: Offer, work: Work) -> Json:
    prospect = offer.prospect
    return {
        "customer_id": prospect.customer_id,
        "name": prospect.name,
        "grade": prospect.grade.value if prospect.grade else None,
        "distance_m": offer.distance_m,
        "reason": shown_words(reasons_of(prospect)[0], work.acting),
    }
