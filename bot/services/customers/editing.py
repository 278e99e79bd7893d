"""Puts right what a card says of a customer: name, number, address, pin. What changed goes into the audit."""

from sqlalchemy.exc import IntegrityError

from bot.domain.errors import Refused
from bot.domain.forms.change_customer import ADDRESS_CHARACTERS, NAME_CHARACTERS, ChangeCustomer
from bot.domain.forms.draft import Answer, Draft
from bot.domain.forms.engine import begin, reopen
from bot.domain.forms.kinds_words import PHONE_CHARACTERS
from bot.domain.names import address_key, name_key
from bot.domain.screen import Json
from bot.domain.vocabulary import Depth
from bot.services.customers.changing import customer_to_own, note_change
from bot.services.forms import drafts
from bot.services.forms.drafts import OpenDraft
from bot.services.search_text import search_text
from bot.services.work import Work
from bot.store.tables import Customer


async def open_details(work: Work, customer_id: int) -> OpenDraft:
    """The form over a customer's card, in review with what is known. Raises Refused."""
    customer = await customer_to_own(work, customer_id)
    return await drafts.begin_draft(
        work, ChangeCustomer, Depth.QUICK, customer_id=customer.id, filled=_as_it_is(customer)
    )


def _as_it_is(customer: Customer) -> Draft:
    pin: Json = None
    if customer.lat is not None and customer.lng is not None:
        pin = {"address": None, "latitude": customer.lat, "longitude": customer.lng}
    known: dict[str, Json] = {
        "name": customer.name[:NAME_CHARACTERS],
        "phone": customer.phone[:PHONE_CHARACTERS],
        "address": customer.address[:ADDRESS_CHARACTERS],
        "place": pin,
    }
    answers = {name: Answer(value=value) if value else Answer(is_skipped=True) for name, value in known.items()}
    blank = begin(ChangeCustomer, Depth.QUICK)
    return reopen(Draft(form=blank.form, version=blank.version, depth=blank.depth, answers=answers))


async def change_details(work: Work, customer_id: int, form: ChangeCustomer) -> None:
    """Write the card anew. Raises Refused: customer_exists_elsewhere for the name and address of another customer."""
    customer = await customer_to_own(work, customer_id)
    pin = form.place if form.place is not None and form.place.latitude is not None else None
    typed = form.place.address if form.place is not None and pin is None else None  # an address typed at the pin
    address = " ".join((typed or form.address or "").split())
    new: dict[str, Json] = {
        "name": form.name,
        "phone": form.phone or "",
        "address": address,
        "lat": customer.lat if typed else pin.latitude if pin else None,
        "lng": customer.lng if typed else pin.longitude if pin else None,
    }
    before = {field: getattr(customer, field) for field in new}
    changed: dict[str, Json] = {field: [before[field], value] for field, value in new.items() if before[field] != value}
    if not changed:
        return
    try:
        async with work.session.begin_nested():
            for field, value in new.items():
                setattr(customer, field, value)
            customer.name_key, customer.address_key = name_key(form.name), address_key(address)
            customer.search_text = search_text(form.name)
            await work.session.flush()
    except IntegrityError as error:
        raise Refused("customer_exists_elsewhere", name=form.name) from error
    if "lat" in changed or "lng" in changed:
        changed = {field: change for field, change in changed.items() if field not in ("lat", "lng")} | {"pin": True}
    note_change(work, customer, "customer_changed", changed)
