"""What an operator may set: environment or .env, prefix ROUNDSMAN_."""

import ipaddress
import os
from datetime import datetime
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from bot.store.engine import async_url

TELEGRAM = "https://api.telegram.org"


def data_folder() -> Path:
    """The user's data folder: XDG's, else ~/.local/share."""
    base = os.environ.get("XDG_DATA_HOME") or str(Path.home() / ".local" / "share")
    return Path(base) / "roundsman"


def is_loopback(url: str) -> bool:
    """Whether a URL's host is this machine."""
    host = urlsplit(url).hostname or ""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


class DataSettings(BaseSettings):
    """What the commands that need no bot read."""

    model_config = SettingsConfigDict(env_prefix="ROUNDSMAN_", env_file=".env", extra="ignore", frozen=True)

    database_url: str = Field(default_factory=lambda: f"sqlite:///{data_folder() / 'roundsman.db'}")

    @field_validator("database_url")
    @classmethod
    def _is_an_engine(cls, url: str) -> str:
        async_url(url)
        return url


class Settings(DataSettings):
    """All settings. Raises pydantic's ValidationError, which names the variable, when one does not hold."""

    bot_token: SecretStr = Field(description="The token that BotFather gave")
    bot_api_url: str = Field(default=TELEGRAM, description="Root of a Bot API server")
    webhook_url: str | None = Field(default=None, description="Public https address; unset: the bot polls")
    webhook_secret: SecretStr | None = None
    webhook_listen: str = "127.0.0.1:8443"
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    clock: datetime | None = Field(default=None, description="Instant from which the app's clock starts")

    @field_validator("bot_token")
    @classmethod
    def _has_an_id(cls, token: SecretStr) -> SecretStr:
        number, colon, rest = token.get_secret_value().partition(":")
        if not (number.isdigit() and colon and rest):
            raise ValueError("a bot token reads 123456:letters, as BotFather gave it")
        return token

    @field_validator("bot_api_url")
    @classmethod
    def _is_a_root(cls, url: str) -> str:
        if urlsplit(url).scheme not in ("http", "https"):
            raise ValueError("the Bot API root must be an http(s) address")
        return url.rstrip("/")

    @model_validator(mode="after")
    def _rules_between_settings(self) -> "Settings":
        if self.clock is not None:
            if self.clock.tzinfo is None:
                raise ValueError("ROUNDSMAN_CLOCK needs an offset, such as 2026-11-23T07:25:00+08:00")
            if not is_loopback(self.bot_api_url):
                raise ValueError("ROUNDSMAN_CLOCK is for a Bot API server on this machine only")
        if self.webhook_url and not (self.webhook_secret and self.webhook_secret.get_secret_value()):
            raise ValueError("ROUNDSMAN_WEBHOOK_URL needs ROUNDSMAN_WEBHOOK_SECRET")
        return self

    @property
    def bot_id(self) -> int:
        return int(self.bot_token.get_secret_value().partition(":")[0])

    @property
    def listen_address(self) -> tuple[str, int]:
        host, _, port = self.webhook_listen.rpartition(":")
        return host, int(port)
