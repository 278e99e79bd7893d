"""What an operator may set: environment or .env, prefix ROUNDSMAN_."""

import ipaddress
import os
import re
from datetime import datetime
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from bot.store.engine import async_url

TELEGRAM = "https://api.telegram.org"
BIGGEST_PORT = 65535
_WEBHOOK_SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")  # what Telegram takes


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
    """What the commands read that need no bot: the database, and the time that it is there."""

    model_config = SettingsConfigDict(
        env_prefix="ROUNDSMAN_",
        env_file=".env",
        env_ignore_empty=True,  # a line of .env.example that was left empty sets nothing
        extra="ignore",
        frozen=True,
        hide_input_in_errors=True,  # the input may be a token
    )

    database_url: str = Field(default_factory=lambda: f"sqlite:///{data_folder() / 'roundsman.db'}")
    bot_api_url: str = Field(default=TELEGRAM, description="Root of a Bot API server")
    clock: datetime | None = Field(default=None, description="Instant from which the app's clock starts")

    @field_validator("database_url")
    @classmethod
    def _is_an_engine(cls, url: str) -> str:
        async_url(url)
        return url

    @field_validator("bot_api_url")
    @classmethod
    def _is_a_root(cls, url: str) -> str:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError(f"the root of a Bot API server is an http(s) address, such as {TELEGRAM}")
        return url.rstrip("/")

    @field_validator("clock")
    @classmethod
    def _has_an_offset(cls, clock: datetime | None) -> datetime | None:
        if clock is not None and clock.tzinfo is None:
            raise ValueError("the instant needs its offset, such as 2026-11-23T07:25:00+08:00")
        return clock

    @model_validator(mode="after")
    def _moves_no_real_clock(self) -> "DataSettings":
        if self.clock is not None and not is_loopback(self.bot_api_url):
            raise ValueError("ROUNDSMAN_CLOCK is for a Bot API server on this machine (ROUNDSMAN_BOT_API_URL) only")
        return self


class Settings(DataSettings):
    """All settings. Raises pydantic's ValidationError, which names the variable, when one does not hold."""

    bot_token: SecretStr = Field(description="The token that BotFather gave")
    webhook_url: str | None = Field(default=None, description="Public https address; unset: the bot polls")
    webhook_secret: SecretStr | None = None
    webhook_listen: str = "127.0.0.1:8443"
    osrm_url: str | None = Field(default=None, description="Root of an OSRM road server; unset: great-circle ways")
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"

    @field_validator("bot_token")
    @classmethod
    def _has_an_id(cls, token: SecretStr) -> SecretStr:
        number, colon, rest = token.get_secret_value().partition(":")
        if not (number.isascii() and number.isdigit() and colon and rest):
            raise ValueError("a bot token reads 123456:letters, as BotFather gave it")
        return token

    @field_validator("webhook_secret")
    @classmethod
    def _is_a_secret(cls, secret: SecretStr | None) -> SecretStr | None:
        if secret is not None and not _WEBHOOK_SECRET.fullmatch(secret.get_secret_value()):
            raise ValueError("the webhook's secret is 1 to 256 of A-Z, a-z, 0-9, _ and -")
        return secret

    @field_validator("webhook_listen")
    @classmethod
    def _is_an_address(cls, address: str) -> str:
        host, _, port = address.rpartition(":")
        if not (host and port.isascii() and port.isdigit() and int(port) <= BIGGEST_PORT):
            raise ValueError("the address to listen on reads host:port, such as 127.0.0.1:8443")
        return address

    @field_validator("osrm_url")
    @classmethod
    def _is_a_road_server(cls, url: str | None) -> str | None:
        if url is None:
            return None
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError("the root of a road server is an http(s) address, such as http://127.0.0.1:5000")
        return url.rstrip("/")

    @field_validator("log_level", mode="before")
    @classmethod
    def _in_capitals(cls, level: object) -> object:
        return level.upper() if isinstance(level, str) else level

    @model_validator(mode="after")
    def _guards_its_webhook(self) -> "Settings":
        if self.webhook_url and self.webhook_secret is None:
            raise ValueError("ROUNDSMAN_WEBHOOK_URL needs ROUNDSMAN_WEBHOOK_SECRET, so that only Telegram is heard")
        return self

    @property
    def bot_id(self) -> int:
        return int(self.bot_token.get_secret_value().partition(":")[0])

    @property
    def secrets(self) -> list[str]:
        """What no log may show, beside the token."""
        return [self.webhook_secret.get_secret_value()] if self.webhook_secret else []

    @property
    def listen_address(self) -> tuple[str, int]:
        host, _, port = self.webhook_listen.rpartition(":")
        return host.strip("[]"), int(port)
