"""The HTTP side of the Bot API: token, method, failures ordered by a test, and Telegram's envelope."""

import asyncio
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.simulator.bot_api import editing, profile, receiving, sending
from bot.simulator.bot_api.parameters import Parameters, read_parameters
from bot.simulator.people import Json
from bot.simulator.refusals import ApiRefusal, injected_failure
from bot.simulator.webhook import WebhookDelivery
from bot.simulator.world import Call, Failure, World

METHODS = {
    name.lower(): (name, run)
    for table in (sending.METHODS, editing.METHODS, profile.METHODS, receiving.METHODS)
    for name, run in table.items()
}


class DroppedConnection(ConnectionResetError):
    """The connection that ``fail_next`` told the simulator to drop."""


class _Dropping(Response):
    """Begins an answer and breaks off: the client sees a broken connection."""

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        headers = [(b"content-length", b"1000000"), (b"content-type", b"application/json")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        raise DroppedConnection("dropped because a test asked for it")


class BotApi:
    """Answers ``/bot<token>/<method>`` and ``/file/bot<token>/<path>``."""

    def __init__(self, world: World, webhook: WebhookDelivery) -> None:
        self._world = world
        self._webhook = webhook

    def routes(self) -> list[Route]:
        return [
            Route("/bot{token}/{method}", self.call, methods=["GET", "POST"]),
            Route("/file/bot{token}/{path:path}", self.download, methods=["GET"]),
        ]

    async def call(self, request: Request) -> Response:
        name = request.path_params["method"]
        given = Parameters()
        failure: Failure | None = None
        try:
            self._check_token(request.path_params["token"])
            given = await read_parameters(request)
            known = METHODS.get(name.lower())
            name = known[0] if known else ("getUpdates" if name.lower() == "getupdates" else name)
            failure = self._next_failure(name)
            if failure is not None and not failure.drop_connection and not failure.delay_s:
                raise injected_failure(failure.status, failure.retry_after_s)
            answer = {"ok": True, "result": await self._run(name, given, request)}
            status = 200
            self._log(Call(method=name, params=given.for_the_log(), ok=True))
        except ApiRefusal as refusal:
            answer, status = _refused(refusal), refusal.code
            self._log(
                Call(
                    method=name,
                    params=given.for_the_log(),
                    ok=False,
                    error_code=refusal.code,
                    description=refusal.description,
                )
            )
        if failure is not None and failure.delay_s:
            await asyncio.sleep(failure.delay_s)
        if failure is not None and failure.drop_connection:
            return _Dropping()
        return JSONResponse(answer, status_code=status)

    async def _run(self, name: str, given: Parameters, request: Request) -> Any:
        if name == "getUpdates":
            return await receiving.get_updates(self._world, given, request)
        if name.lower() not in METHODS:
            raise ApiRefusal(404, "Not Found")
        with self._world.lock:
            result = METHODS[name.lower()][1](self._world, given)
        if name in {"setWebhook", "deleteWebhook"}:
            await self._webhook.follow_settings()
        return result

    def _check_token(self, token: str) -> None:
        head, separator, tail = token.partition(":")
        if not (head.isdigit() and separator and tail):
            raise ApiRefusal(404, "Not Found")
        if token != self._world.token:
            raise ApiRefusal(401, "Unauthorized")

    def _next_failure(self, name: str) -> Failure | None:
        with self._world.lock:
            waiting = self._world.failures.get(name)
            return waiting.popleft() if waiting else None

    def _log(self, call: Call) -> None:
        with self._world.lock:
            self._world.calls.append(call)

    async def download(self, request: Request) -> Response:
        try:
            self._check_token(request.path_params["token"])
        except ApiRefusal as refusal:
            return JSONResponse(_refused(refusal), status_code=refusal.code)
        with self._world.lock:
            stored = self._world.files.by_path(request.path_params["path"])
            content = None if stored is None else self._world.files.content(stored)
        if content is None:
            return JSONResponse(_refused(ApiRefusal(404, "Not Found")), status_code=404)
        return Response(content, media_type="application/octet-stream")


def _refused(refusal: ApiRefusal) -> Json:
    body: Json = {"ok": False, "error_code": refusal.code, "description": refusal.description}
    if refusal.retry_after_s is not None:
        body["parameters"] = {"retry_after": refusal.retry_after_s}
    return body
