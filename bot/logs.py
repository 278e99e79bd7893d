"""Logging that never shows the bot token: a filter on every handler, tracebacks included."""

import logging
import sys


class TokenFilter(logging.Filter):
    """Replaces a secret in messages and tracebacks."""

    def __init__(self, secret: str) -> None:
        super().__init__()
        self._secret = secret

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg = record.getMessage().replace(self._secret, "<token>")
        record.args = None
        if record.exc_info and not record.exc_text:
            record.exc_text = logging.Formatter().formatException(record.exc_info)
        if record.exc_text:
            record.exc_text = record.exc_text.replace(self._secret, "<token>")
        return True


def set_up_logging(level: str, token: str) -> None:
    """Log to standard error. The HTTP client's own lines hold URLs with the token, so they start at WARNING."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    handler.addFilter(TokenFilter(token))
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for name in ("httpx", "httpcore", "telegram", "apscheduler", "hypercorn", "uvicorn.access"):
        logging.getLogger(name).setLevel(logging.WARNING)
