"""Serves private calendar feeds beside the webhook: one address a member, known only to who was told it."""

from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from bot.domain.errors import Unavailable
from bot.services.calendar_feed import feed_of
from bot.services.clock import Clock
from bot.store.unit import Store

PATH = "/calendar/{token}.ics"


def calendar_route(store: Store, clock: Clock) -> Route:
    """GET of a feed. An address that is not one gets 404, and nothing says whether it ever was."""

    async def give(request: Request) -> Response:
        try:
            async with store.read() as session:
                calendar = await feed_of(session, request.path_params["token"], clock.now())
        except Unavailable:
            return PlainTextResponse("come again", status_code=HTTPStatus.SERVICE_UNAVAILABLE)
        if calendar is None:
            return PlainTextResponse("no such calendar", status_code=HTTPStatus.NOT_FOUND)
        headers = {"Cache-Control": "private, max-age=300", "X-Robots-Tag": "noindex"}
        return Response(calendar, media_type="text/calendar; charset=utf-8", headers=headers)

    return Route(PATH, give, methods=["GET"])
