"""`roundsman doctor`: checks each setting for real, and says what to do about what does not hold."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import httpx
from pydantic import ValidationError
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import text

from bot.domain.errors import Unavailable
from bot.settings import DataSettings, Settings, is_loopback
from bot.store.migrating import Schema, schema_of
from bot.store.unit import Store

TIMEOUT_S = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that was checked. ``advice`` is empty when it is well; an outage passes, a wrong setting does not."""

    subject: str
    said: str
    advice: str = ""
    is_outage: bool = False

    @property
    def is_well(self) -> bool:
        return not self.advice

    def as_dict(self) -> dict[str, str | bool]:
        return {"subject": self.subject, "well": self.is_well, "said": self.said, "advice": self.advice}


async def examine() -> list[Finding]:
    """Check everything that can be checked from here."""
    findings = [await _check_database()]
    try:
        settings = Settings()  # type: ignore[call-arg] # filled from the environment
    except ValidationError as error:
        return findings + [_wrong_setting(problem["loc"], problem["msg"]) for problem in error.errors()]
    findings.append(await _check_bot_api(settings))
    findings.append(_check_webhook(settings))
    return findings


def _wrong_setting(where: Sequence[int | str], said: str) -> Finding:
    """A rule between several settings names them itself."""
    subject = "ROUNDSMAN_" + "_".join(str(part) for part in where).upper() if where else "settings"
    return Finding(
        subject=subject,
        said=said.removeprefix("Value error, "),
        advice="Set it in the environment or in .env; .env.example explains each.",
    )


async def _check_database() -> Finding:
    try:
        url = DataSettings().database_url
    except ValidationError as error:
        wrong = [problem["msg"] for problem in error.errors() if "database_url" in problem["loc"]]
        said = wrong[0].removeprefix("Value error, ") if wrong else "is not looked at before the other settings hold"
        return Finding(subject="database", said=said, advice="Correct ROUNDSMAN_DATABASE_URL." if wrong else "")
    try:
        schema = schema_of(url)
        if schema is Schema.CURRENT:
            store = Store(url)
            try:
                async with store.read() as session:
                    await session.exec(text("SELECT 1"))  # type: ignore[call-overload] # plain SQL is accepted
            finally:
                await store.close()
    except (SQLAlchemyError, Unavailable, OSError) as error:
        advice = "Check that the server runs and that ROUNDSMAN_DATABASE_URL names it, with user and password."
        return Finding(
            subject="database", said=f"cannot be opened ({type(error).__name__})", advice=advice, is_outage=True
        )
    advice = "" if schema is Schema.CURRENT else "Run `roundsman migrate`."
    return Finding(subject="database", said=schema.value, advice=advice)


async def _check_bot_api(settings: Settings) -> Finding:
    root = settings.bot_api_url
    try:
        answer = await _get_me(settings)
    except (httpx.HTTPError, ValueError) as error:
        advice = f"Check the network, and that ROUNDSMAN_BOT_API_URL ({root}) is a Bot API server."
        return Finding(
            subject="Bot API", said=f"does not answer ({type(error).__name__})", advice=advice, is_outage=True
        )
    if not answer.get("ok") or "username" not in answer.get("result", {}):
        return Finding(
            subject="Bot API",
            said=f"refuses the token: {answer.get('description', 'getMe names no bot')}",
            advice="Copy the token from BotFather into ROUNDSMAN_BOT_TOKEN.",
        )
    return Finding(subject="Bot API", said=f"knows the bot as @{answer['result']['username']}")


def _check_webhook(settings: Settings) -> Finding:
    if settings.webhook_url is None:
        return Finding(subject="updates", said="are fetched by polling")
    if not settings.webhook_url.startswith("https://"):
        return Finding(
            subject="updates",
            said="ROUNDSMAN_WEBHOOK_URL is not https",
            advice="Telegram delivers to https only: put a TLS proxy before ROUNDSMAN_WEBHOOK_LISTEN.",
        )
    return Finding(subject="updates", said=f"arrive at {settings.webhook_url}, served on {settings.webhook_listen}")


def describe(findings: Sequence[Finding]) -> str:
    """The findings as lines for a terminal."""
    lines = []
    for finding in findings:
        lines.append(f"{'ok ' if finding.is_well else 'NO '} {finding.subject} {finding.said}")
        if finding.advice:
            lines.append(f"    → {finding.advice}")
    return "\n".join(lines)


def exit_code(findings: Sequence[Finding]) -> int:
    """0 when all is well, 1 when a setting is wrong, 3 when only something outside does not answer."""
    wrong = [finding for finding in findings if not finding.is_well]
    if not wrong:
        return 0
    return 3 if all(finding.is_outage for finding in wrong) else 1


async def bot_username() -> str | None:
    """The bot's name for links, or None when the Bot API cannot be asked now."""
    try:
        answer = await _get_me(Settings())  # type: ignore[call-arg] # filled from the environment
        return str(answer["result"]["username"])
    except (ValidationError, httpx.HTTPError, ValueError, LookupError):
        return None


async def _get_me(settings: Settings) -> dict[str, Any]:
    """Ask the Bot API who the bot is. Raises httpx's errors, and ValueError for what is no answer of a Bot API."""
    root = settings.bot_api_url
    async with httpx.AsyncClient(timeout=TIMEOUT_S, trust_env=not is_loopback(root)) as client:
        answer = (await client.get(f"{root}/bot{settings.bot_token.get_secret_value()}/getMe")).json()
    if not isinstance(answer, dict):
        raise ValueError("a Bot API answers with an object")
    return answer
