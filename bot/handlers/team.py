"""The team in chat: who is in it, who leaves, who changed what; mileage, and personal data given out or forgotten."""

from bot.domain.screen import Json, Screen
from bot.domain.vocabulary import Role
from bot.handlers.customers import choice_of, number_in
from bot.handlers.turn import LEADERS, SELLERS, Handler, Turn, command, tap
from bot.services import audit, mileage
from bot.services.customers.card import living_card
from bot.services.network.reading import get_contact
from bot.services.network.showing import network_screen
from bot.services.personal_data import erasing, giving
from bot.services.team import inviting, leaving, members
from bot.store.customers import get_customer

SURE = "yes"


def handlers() -> list[Handler]:
    return [
        command("team", show_team, roles=LEADERS),
        command("changes", show_changes, roles=LEADERS),
        command("mileage", show_mileage, roles=SELLERS),
        tap("team", show_team, roles=LEADERS),
        tap("team.who", show_member, roles=LEADERS),
        tap("team.invite", invite, roles=LEADERS),
        tap("team.bind", invite_member, roles=LEADERS),
        tap("team.sells", set_sells, roles=LEADERS),
        tap("team.leave", ask_taker, roles=LEADERS),
        tap("team.give", hand_over, roles=LEADERS),
        tap("audit", show_changes, roles=LEADERS),
        tap("km", show_mileage, roles=SELLERS),
        tap("km.file", send_mileage, roles=SELLERS),
        tap("data.all", give_customer, roles=SELLERS),
        tap("data.one", give_person, roles=SELLERS),
        tap("data.gone", erase_customer, roles=LEADERS),
        tap("data.person", erase_person, roles=LEADERS),
    ]


async def show_team(turn: Turn, args: list[str]) -> None:
    async with turn.read() as session:
        screen = await members.team_screen(session, turn.acting, below=turn.tapped is None)
    await turn.show(screen)


async def show_member(turn: Turn, args: list[str]) -> None:
    """team.who:<member>"""
    async with turn.read() as session:
        screen = await members.member_screen(session, turn.acting, number_in(args))
    await turn.show(screen)


async def invite(turn: Turn, args: list[str]) -> None:
    """team.invite asks for whom, team.invite:<role> makes the link."""
    if not args:
        roles: list[Json] = [role.value for role in inviting.may_invite(turn.acting.role)]
        await turn.show(Screen(template="replies/team_invite", facts={"roles": roles}, living=members.LIVING))
        return
    role = choice_of(Role, args[0])
    async with turn.begin() as work:
        await work.show(await inviting.invite(work, role, None, turn.update.get_bot().username))


async def invite_member(turn: Turn, args: list[str]) -> None:
    """team.bind:<member>: a link for a member who has not joined, or has a new phone."""
    async with turn.begin() as work:
        await work.show(await inviting.invite(work, Role.REP, number_in(args), turn.update.get_bot().username))


async def set_sells(turn: Turn, args: list[str]) -> None:
    """team.sells:<member>:<1 sells, 0 not>"""
    member_id = number_in(args)
    async with turn.begin() as work:
        await inviting.set_sells(work, member_id, sells=number_in(args, 1) == 1)
        await work.show(await members.member_screen(work.session, work.acting, member_id))


async def ask_taker(turn: Turn, args: list[str]) -> None:
    """team.leave:<member>: to whom the customers go."""
    async with turn.begin() as work:
        await work.show(await leaving.leave_screen(work, number_in(args)))


async def hand_over(turn: Turn, args: list[str]) -> None:
    """team.give:<member>:<taker, 0 all> asks, team.give:<member>:<taker>:yes does it."""
    member_id, taker_id = number_in(args), number_in(args, 1)
    async with turn.begin() as work:
        if args[2:] == [SURE]:
            await leaving.leave(work, member_id, taker_id)
        else:
            await work.show(await leaving.confirm_screen(work, member_id, taker_id))


async def show_changes(turn: Turn, args: list[str]) -> None:
    """/changes; audit:<page>:<customer, 0 the team>"""
    page, customer_id = (number_in(args), number_in(args, 1)) if turn.tapped is not None else (0, 0)
    async with turn.read() as session:
        screen = await audit.audit_screen(session, turn.acting, page, customer_id or None, below=turn.tapped is None)
    await turn.show(screen)


async def show_mileage(turn: Turn, args: list[str]) -> None:
    """/mileage; km:<member, 0 oneself>:<month, 0 this one>"""
    member_id, code = (number_in(args), number_in(args, 1)) if turn.tapped is not None else (0, 0)
    today = turn.acting.local(turn.now).date()
    month = mileage.read_month(code, today)
    async with turn.read() as session:
        screen = await mileage.mileage_screen(session, turn.acting, member_id, month, today, below=turn.tapped is None)
    await turn.show(screen)


async def send_mileage(turn: Turn, args: list[str]) -> None:
    """km.file:<member>:<month>"""
    async with turn.begin() as work:
        await mileage.send_file(work, number_in(args), mileage.read_month(number_in(args, 1), work.today))


async def give_customer(turn: Turn, args: list[str]) -> None:
    """data.all:<customer>: the file of one customer."""
    customer_id = number_in(args)
    name, content = await giving.customer_file(turn.store, turn.acting, customer_id)
    async with turn.begin() as work:
        customer = await get_customer(work.session, work.acting, customer_id)
        await giving.send(work, name, content, customer_id=customer_id, about=customer.name)


async def give_person(turn: Turn, args: list[str]) -> None:
    """data.one:<contact>: the file of one person."""
    contact_id = number_in(args)
    name, content, customer_id = await giving.person_file(turn.store, turn.acting, contact_id)
    async with turn.begin() as work:
        contact, _ = await get_contact(work.session, work.acting, contact_id)
        await giving.send(work, name, content, customer_id=customer_id, about=contact.name)


async def erase_customer(turn: Turn, args: list[str]) -> None:
    """data.gone:<customer> asks, data.gone:<customer>:yes erases."""
    customer_id = number_in(args)
    async with turn.begin() as work:
        if args[1:] != [SURE]:
            await work.show(await erasing.erase_customer_screen(work, customer_id))
            return
        await erasing.erase_customer(work, customer_id)
        await work.show(Screen(template="replies/erased", living=living_card(customer_id)))


async def erase_person(turn: Turn, args: list[str]) -> None:
    """data.person:<contact> asks, data.person:<contact>:yes erases."""
    contact_id = number_in(args)
    async with turn.begin() as work:
        if args[1:] != [SURE]:
            await work.show(await erasing.erase_person_screen(work, contact_id))
            return
        customer_id = await erasing.erase_person(work, contact_id)
        await work.show(await network_screen(work.session, work.acting, customer_id, work.now))
