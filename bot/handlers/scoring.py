"""/why, /segments, /stages and /scoring: scores explained, walked through and weighed."""

from enum import StrEnum
from typing import TypeVar

from bot.domain.errors import Refused
from bot.domain.screen import Json, Screen
from bot.domain.vocabulary import Grade
from bot.handlers.customers import number_in
from bot.handlers.turn import LEADERS, Handler, Turn, command, tap
from bot.services.scoring import explaining, judging, team_screens, tuning, walking, weighing
from bot.services.scoring.backtesting import backtest_screen
from bot.services.scoring.judging import CHOICES, OVERRIDE_MONTHS, OverrideReason, Said
from bot.store.customers import get_customer

Choice = TypeVar("Choice", bound=StrEnum)
OFFERED_REASONS = tuple(reason for reason in OverrideReason if reason is not OverrideReason.RISING)


def handlers() -> list[Handler]:
    return [
        command("why", show_why_of),
        command("segments", show_segments),
        command("stages", show_stages),
        command("scoring", show_scoring, roles=LEADERS),
        tap("why", show_why),
        tap("why.set", say),
        tap("why.grade", override, roles=LEADERS),
        tap("why.free", release, roles=LEADERS),
        tap("why.rise", confirm_rising, roles=LEADERS),
        tap("segs", show_segments),
        tap("seg", walk_segment),
        tap("stgs", show_stages),
        tap("stg", walk_stage),
        tap("figs", show_figures),
        tap("figs.coh", show_cohorts),
        tap("sc", show_scoring, roles=LEADERS),
        tap("sc.try", try_settings, roles=LEADERS),
        tap("sc.save", save_settings, roles=LEADERS),
        tap("sc.n", show_numbers, roles=LEADERS),
        tap("sc.keep", keep_number, roles=LEADERS),
        tap("sc.test", show_backtest, roles=LEADERS),
    ]


def _choice(listed: type[Choice], value: str) -> Choice:
    try:
        return listed(value)
    except ValueError as error:
        raise Refused("button_unknown") from error


async def show_why_of(turn: Turn, args: list[str]) -> None:
    """/why, alone or with words to find a customer by."""
    async with turn.read() as session:
        screen = await explaining.choose_screen(session, turn.acting, " ".join(args))
    await turn.show(screen)


async def show_why(turn: Turn, args: list[str]) -> None:
    """why:<customer>"""
    async with turn.read() as session:
        screen = await explaining.why_screen(session, turn.acting, number_in(args))
    await turn.show(screen)


async def say(turn: Turn, args: list[str]) -> None:
    """why.set:<customer>:<what> asks, why.set:<customer>:<what>:<value> keeps."""
    customer_id, what = number_in(args), _choice(Said, "".join(args[1:2]))
    if len(args) > 2:
        async with turn.begin() as work:
            await judging.say(work, customer_id, what, number_in(args, 2))
            await work.session.flush()
            await work.show(await explaining.why_screen(work.session, work.acting, customer_id))
        return
    async with turn.read() as session:
        customer = await get_customer(session, turn.acting, customer_id)
    choices: list[Json] = [*CHOICES[what]]
    facts: dict[str, Json] = {"id": customer_id, "name": customer.name, "what": what.value, "choices": choices}
    await turn.show(Screen(template="replies/why_set", facts=facts, living=f"why:{customer_id}"))


async def override(turn: Turn, args: list[str]) -> None:
    """why.grade:<customer>[:<grade>[:<reason>[:<months>]]]: asks for what is missing, then sets."""
    customer_id = number_in(args)
    grade = _choice(Grade, args[1]) if len(args) > 1 else None
    reason = _choice(OverrideReason, args[2]) if len(args) > 2 else None
    if grade is not None and reason is not None and len(args) > 3:
        async with turn.begin() as work:
            await judging.override_grade(work, customer_id, grade, reason, number_in(args, 3))
            await work.session.flush()
            await work.show(await explaining.why_screen(work.session, work.acting, customer_id))
        return
    async with turn.read() as session:
        customer = await get_customer(session, turn.acting, customer_id)
    facts: dict[str, Json] = {
        "id": customer_id,
        "name": customer.name,
        "grade": grade.value if grade else None,
        "reason": reason.value if reason else None,
        "reasons": [one.value for one in OFFERED_REASONS],
        "months": [*OVERRIDE_MONTHS],
    }
    await turn.show(Screen(template="replies/why_grade", facts=facts, living=f"why:{customer_id}"))


async def release(turn: Turn, args: list[str]) -> None:
    """why.free:<customer>: the figures decide again."""
    customer_id = number_in(args)
    async with turn.begin() as work:
        await judging.release_grade(work, customer_id)
        await work.session.flush()
        await work.show(await explaining.why_screen(work.session, work.acting, customer_id))


async def confirm_rising(turn: Turn, args: list[str]) -> None:
    """why.rise:<customer>: a rising customer becomes an A."""
    customer_id = number_in(args)
    async with turn.begin() as work:
        await judging.confirm_rising(work, customer_id)
        await work.session.flush()
        await work.show(await explaining.why_screen(work.session, work.acting, customer_id))


async def show_segments(turn: Turn, args: list[str]) -> None:
    async with turn.read() as session:
        screen = await walking.segments_screen(session, turn.acting, below=turn.tapped is None)
    await turn.show(screen)


async def show_stages(turn: Turn, args: list[str]) -> None:
    async with turn.read() as session:
        screen = await walking.stages_screen(session, turn.acting, below=turn.tapped is None)
    await turn.show(screen)


async def walk_segment(turn: Turn, args: list[str]) -> None:
    """seg:<segment>:<page>"""
    await _walk(turn, "segment", args)


async def walk_stage(turn: Turn, args: list[str]) -> None:
    """stg:<stage>:<page>"""
    await _walk(turn, "stage", args)


async def _walk(turn: Turn, column: str, args: list[str]) -> None:
    walk = walking.walk_of(column, "".join(args[:1]))
    async with turn.read() as session:
        screen = await walking.walk_screen(session, turn.acting, walk, number_in(args, 1))
    await turn.show(screen)


async def show_scoring(turn: Turn, args: list[str]) -> None:
    async with turn.read() as session:
        screen = await weighing.scoring_screen(session, turn.acting, below=turn.tapped is None)
    await turn.show(screen)


async def try_settings(turn: Turn, args: list[str]) -> None:
    """sc.try:<settings>: whose grade would change."""
    tried = weighing.load_token("".join(args), turn.acting.scoring.thresholds)
    async with turn.read() as session:
        screen = await weighing.scoring_screen(session, turn.acting, tried)
    await turn.show(screen)


async def save_settings(turn: Turn, args: list[str]) -> None:
    """sc.save:<settings>"""
    settings = weighing.load_token("".join(args), turn.acting.scoring.thresholds)
    async with turn.begin() as work:
        await weighing.save_settings(work, settings)
        await work.session.flush()
        await work.show(await weighing.scoring_screen(work.session, work.acting))


async def show_numbers(turn: Turn, args: list[str]) -> None:
    """sc.n:<group> shows its numbers, sc.n:<group>:<name>:<value> what another value would do."""
    tried = (args[1], args[2]) if len(args) > 2 else None
    async with turn.read() as session:
        screen = await tuning.numbers_screen(session, turn.acting, "".join(args[:1]), turn.now, tried)
    await turn.show(screen)


async def keep_number(turn: Turn, args: list[str]) -> None:
    """sc.keep:<group>:<name>:<value>"""
    if len(args) < 3:
        raise Refused("button_unknown")
    async with turn.begin() as work:
        await tuning.save_number(work, *args[:3])
        await work.session.flush()
        await work.show(await tuning.numbers_screen(work.session, work.acting, args[0], work.now))


async def show_backtest(turn: Turn, args: list[str]) -> None:
    """sc.test: what the scores of a year ago were worth."""
    await turn.show(await backtest_screen(turn.store, turn.acting, turn.now))


async def show_figures(turn: Turn, args: list[str]) -> None:
    """figs: the team's buyers over time."""
    async with turn.read() as session:
        screen = await team_screens.team_figures_screen(session, turn.acting)
    await turn.show(screen)


async def show_cohorts(turn: Turn, args: list[str]) -> None:
    async with turn.read() as session:
        screen = await team_screens.cohorts_screen(session, turn.acting)
    await turn.show(screen)
