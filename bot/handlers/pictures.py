"""Pictures in chat: funnel, 80/20 curve, RFM grid, a customer's share. Drawn outside any transaction, in a thread."""

import asyncio
from collections.abc import Callable
from functools import cache
from typing import Any

from bot.domain.errors import Refused
from bot.domain.money import from_minor
from bot.domain.scoring.segments import HIGH_FROM
from bot.domain.screen import Json, Place, Screen
from bot.domain.vocabulary import Language
from bot.handlers.customers import number_in
from bot.handlers.turn import Handler, Turn, tap
from bot.rendering import Renderer
from bot.services.funnel.overview import measured, stage_facts
from bot.services.media import keep_media
from bot.services.pictures.canvas import CONTENT_TYPE
from bot.services.pictures.charts import Band, Cell, ShareRange, draw_curve, draw_funnel, draw_rfm_grid, draw_share
from bot.services.platform.showing import curve_of
from bot.services.relationship.stages import shares_of
from bot.services.scoring.walking import rfm_fields
from bot.store.customers import get_customer

LEAST_SHARES = 2


def handlers() -> list[Handler]:
    return [
        tap("fn.pic", show_funnel),
        tap("pf.pic", show_curve),
        tap("net.pic", show_share),
        tap("seg.pic", show_grid),
    ]


@cache
def _words(language: Language) -> Any:
    """The words of pictures; compiled once a language."""
    return Renderer().texts("pictures/words", language)


async def _show(turn: Turn, draw: Callable[[], bytes], name: str, template: str, facts: dict[str, Json]) -> None:
    """Draw, keep, and show below what was tapped, which stays."""
    content = await asyncio.to_thread(draw)
    async with turn.begin() as work:
        media = await keep_media(
            work.session,
            work.acting.team_id,
            name=f"{name}.png",
            content_type=CONTENT_TYPE,
            content=content,
            now=work.now,
        )
        screen = Screen(template=template, facts=facts, living=f"picture:{name}", place=Place.BELOW, picture=str(media))
        await work.show(screen, over_tapped=False)


async def show_funnel(turn: Turn, args: list[str]) -> None:
    """fn.pic"""
    acting = turn.acting
    async with turn.read() as session:
        funnel, _ = await measured(session, acting, turn.now)
    words = await asyncio.to_thread(_words, acting.language)
    by_amount = any(stage.amount_minor for stage in funnel.stages)
    bands = []
    for stage in funnel.stages:
        facts = stage_facts(stage, acting)
        count = str(words.deals(stage.count))
        value = f"{count} · {words.amount(facts['amount'], acting.currency)}" if stage.amount_minor else count
        bands.append(
            Band(
                label=str(words.deal_stages[f"deal_stage.{stage.stage.value}"]),
                value=value,
                weight=float(stage.amount_minor if by_amount else stage.count),
                warns=stage.stalled > 0,
            )
        )
    title = str(words.funnel_title)
    await _show(turn, lambda: draw_funnel(title, bands), "funnel", "replies/funnel_picture", {"team": acting.sees_team})


async def show_curve(turn: Turn, args: list[str]) -> None:
    """pf.pic:<member or 0>"""
    acting = turn.acting
    async with turn.read() as session:
        curve = await curve_of(session, acting, number_in(args) or None, turn.now)
    if not curve.points:
        raise Refused("old_button")
    words = await asyncio.to_thread(_words, acting.language)
    percent = None if curve.top_part is None else round(100 * curve.top_part)
    top = "" if percent is None else str(words.top).format(percent=percent)

    def draw() -> bytes:
        return draw_curve(
            str(words.curve_title),
            curve.points,
            top_label=top,
            x_label=str(words.curve_x),
            y_label=str(words.curve_y),
        )

    facts: dict[str, Json] = {"buyers": len(curve.points), "percent": percent}
    await _show(turn, draw, "curve", "replies/platform_picture", facts)


async def show_grid(turn: Turn, args: list[str]) -> None:
    """seg.pic"""
    acting = turn.acting
    async with turn.read() as session:
        fields = await rfm_fields(session, acting)
    if not fields:
        raise Refused("old_button")
    words = await asyncio.to_thread(_words, acting.language)
    cells = [
        Cell(
            recency=one.recency,
            frequency=one.frequency,
            count=one.customers,
            weight=float(one.sales_minor),
            value=str(words.short(round(from_minor(one.sales_minor, acting.currency)))),
        )
        for one in fields
    ]

    def draw() -> bytes:
        return draw_rfm_grid(
            str(words.grid_title),
            cells,
            x_label=str(words.grid_x),
            y_label=str(words.grid_y),
            note=str(words.grid_note).format(currency=acting.currency),
        )

    best = sum(one.customers for one in fields if min(one.recency, one.frequency) >= HIGH_FROM)
    facts: dict[str, Json] = {"buyers": sum(one.customers for one in fields), "best": best}
    await _show(turn, draw, "rfm", "replies/segments_picture", facts)


async def show_share(turn: Turn, args: list[str]) -> None:
    """net.pic:<customer>"""
    acting, customer_id = turn.acting, number_in(args)
    async with turn.read() as session:
        customer = await get_customer(session, acting, customer_id)
        known = [share for share in await shares_of(session, acting, customer_id) if share.is_known]
    if len(known) < LEAST_SHARES:
        raise Refused("old_button")
    words = await asyncio.to_thread(_words, acting.language)
    title = str(words.share_title).format(name=customer.name)
    shares = [ShareRange(on=one.on, low=one.low_percent, high=one.high_percent) for one in known]
    days = [f"{one.on:%Y-%m-%d}" for one in (known[0], known[-1])]
    await _show(
        turn,
        lambda: draw_share(title, shares, days=days),
        f"share-{customer_id}",
        "replies/network_picture",
        {"name": customer.name},
    )
