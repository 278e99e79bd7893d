"""News and offers that leaders tell: kept, and prompted to the reps with the next night's care."""

from datetime import date, timedelta

from bot.domain.errors import Refused
from bot.domain.news import SHOWN_DAYS, Audience
from bot.domain.screen import Json, Screen
from bot.services.work import Work
from bot.store.tables import AuditEntry, CareNews


async def tell_news(work: Work, words: str, audience: Audience, until: date | None) -> Screen:
    """Keep a piece of news; without an end it is news for two weeks. Raises Refused for who does not lead."""
    if not work.acting.leads:
        raise Refused("not_for_your_role")
    last = until or work.today + timedelta(days=SHOWN_DAYS)
    news = CareNews(
        team_id=work.acting.team_id,
        member_id=work.acting.member_id,
        text=words,
        audience=audience.value,
        until=last,
        at=work.now,
    )
    work.session.add(news)
    await work.session.flush()
    work.session.add(
        AuditEntry(
            team_id=work.acting.team_id,
            member_id=work.acting.member_id,
            at=work.now,
            action="news_told",
            subject="news",
            subject_id=news.id,
            change={"audience": audience.value},
        )
    )
    facts: dict[str, Json] = {"text": words, "audience": audience.value, "until": last.isoformat()}
    return Screen(template="replies/care_news", facts=facts)
