"""A leader's choices of how the team cares, a tap each."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlmodel import col, select

from bot.domain.care_settings import (
    AFTER_SALES_CHOICES,
    NURTURE_CHOICES,
    REFERRAL_CHOICES,
    care_settings,
)
from bot.domain.errors import Refused
from bot.domain.screen import Json, Screen
from bot.domain.vocabulary import Role
from bot.services.work import Work
from bot.store.tables import AuditEntry, Member, Team

CARE = "care"


async def settings_screen(work: Work) -> Screen:
    """The team's settings of care, with the choices. Raises Refused for who does not lead."""
    settings = care_settings((await _team(work)).settings)
    service = await _service(work)
    facts: dict[str, Json] = {
        "after_sales": list[Json](settings.after_sales),
        "nurture_days": settings.nurture_days,
        "referral_days": settings.referral_days,
        "after_sales_choices": [list[Json](choice) for choice in AFTER_SALES_CHOICES],
        "nurture_choices": list[Json](NURTURE_CHOICES),
        "referral_choices": list[Json](REFERRAL_CHOICES),
        "doer": service.get(settings.after_sales_by or 0),
        "service": list[Json](service.values()),
    }
    return Screen(template="replies/care_settings", facts=facts, living="care")


async def choose(work: Work, what: str, place: int) -> None:
    """Set one of them to the choice at a place. Raises Refused: not_for_your_role, button_unknown."""
    team = await _team(work)
    before = care_settings(team.settings)
    try:
        choices: dict[str, tuple[str, Sequence[Any]]] = {
            "after": ("after_sales", AFTER_SALES_CHOICES),
            "nurture": ("nurture_days", NURTURE_CHOICES),
            "referral": ("referral_days", REFERRAL_CHOICES),
            "by": ("after_sales_by", (None, *await _service(work))),
        }
        name, listed = choices[what]
        chosen: Any = listed[place]
    except (KeyError, IndexError) as error:
        raise Refused("button_unknown") from error
    after = replace(before, **{name: chosen})
    team.settings = {**team.settings, CARE: after.dump()}
    work.session.add(
        AuditEntry(
            team_id=work.acting.team_id,
            member_id=work.acting.member_id,
            at=work.now,
            action="care_set",
            subject="team",
            subject_id=work.acting.team_id,
            change=after.dump(),
        )
    )
    await work.session.flush()


async def _service(work: Work) -> dict[int, str]:
    """The team's service members who have joined."""
    query = select(col(Member.id), col(Member.name)).where(
        col(Member.team_id) == work.acting.team_id,
        col(Member.role) == Role.SERVICE,
        col(Member.left_at).is_(None),
        col(Member.chat_id).is_not(None),
    )
    rows = (await work.session.exec(query.order_by(col(Member.id)))).all()
    return {identity: name for identity, name in rows if identity is not None}


async def _team(work: Work) -> Team:
    if not work.acting.leads:
        raise Refused("not_for_your_role")
    return (await work.session.exec(select(Team).where(col(Team.id) == work.acting.team_id))).one()
