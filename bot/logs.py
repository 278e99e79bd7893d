"""Logging that never shows a secret: not in messages, not in tracebacks, not in the last words of a crash."""

import logging
import sys
from collections.abc import Iterable
from types import TracebackType

SHOWN_INSTEAD = "<secret>"


class RedactingFormatter(logging.Formatter):
    """Replaces secrets in the finished text, so that no part of a record escapes."""

    def __init__(self, secrets: Iterable[str]) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")
        self._secrets = tuple(secrets)

    def format(self, record: logging.LogRecord) -> str:
        text = super().format(record)
        for secret in self._secrets:
            text = text.replace(secret, SHOWN_INSTEAD)
        return text


def set_up_logging(level: str, *, token: str, other_secrets: Iterable[str] = ()) -> None:
    """Log to standard error, uncaught errors too. Of the token, what follows the bot's id is the secret part."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(RedactingFormatter([token.partition(":")[2], *other_secrets]))
    logging.raiseExceptions = False  # a handler that fails would print its record as it came
    logging.basicConfig(level=level, handlers=[handler], force=True)
    # The HTTP client's own lines are one a call, each with the token in its URL.
    for name in ("httpx", "httpcore", "telegram", "apscheduler", "uvicorn"):
        logging.getLogger(name).setLevel(logging.WARNING)
    sys.excepthook = _log_last_words


def _log_last_words(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    logging.getLogger(__name__).critical("stopped by an error", exc_info=(kind, error, trace))
