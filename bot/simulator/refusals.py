"""Errors as the Bot API words them: an HTTP status and a description that clients match on."""


class ApiRefusal(Exception):
    """A call that Telegram would refuse; becomes ``{"ok": false, "error_code": …, "description": …}``."""

    def __init__(self, code: int, description: str, *, retry_after_s: int | None = None) -> None:
        super().__init__(code, description)
        self.code = code
        self.description = description
        self.retry_after_s = retry_after_s


def bad_request(reason: str) -> ApiRefusal:
    return ApiRefusal(400, f"Bad Request: {reason}")


def forbidden(reason: str) -> ApiRefusal:
    return ApiRefusal(403, f"Forbidden: {reason}")


def conflict(reason: str) -> ApiRefusal:
    return ApiRefusal(409, f"Conflict: {reason}")


STATUS_TITLES = {
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    409: "Conflict",
    500: "Internal Server Error",
    502: "Bad Gateway",
    503: "Service Unavailable",
    504: "Gateway Timeout",
}


def injected_failure(status: int, retry_after_s: int | None) -> ApiRefusal:
    """The refusal that a test asked for with ``fail_next``, worded as Telegram words it."""
    if status == 429:
        wait_s = 1 if retry_after_s is None else retry_after_s
        return ApiRefusal(429, f"Too Many Requests: retry after {wait_s}", retry_after_s=wait_s)
    return ApiRefusal(status, STATUS_TITLES.get(status, f"Error {status}"), retry_after_s=retry_after_s)
