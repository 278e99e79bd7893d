"""A road server for tests: speaks OSRM's table service, and fails in every way that a real one might."""

import math
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from bot.domain.geo import Pin, distance_m

SPEED_M_S = 10.0
LONGER = 1.4


class RoadServer:
    """Roads are 1.4 times the great circle at 36 km/h. ``mood`` is how it answers; ``asked`` counts."""

    def __init__(self) -> None:
        self.mood = "well"
        self.asked = 0
        self.app = Starlette(routes=[Route("/table/v1/{profile}/{places:path}", self._table)])

    async def _table(self, request: Request) -> Response:
        self.asked += 1
        pins = []
        for place in request.path_params["places"].split(";"):
            lng, lat = place.split(",")
            pins.append(Pin(lat=float(lat), lng=float(lng)))
        return await self._answer(pins, request)

    async def _answer(self, pins: list[Pin], request: Request) -> Response:
        durations: list[list[Any]] = [[LONGER * distance_m(a, b) / SPEED_M_S for b in pins] for a in pins]
        distances: list[list[Any]] = [[LONGER * distance_m(a, b) for b in pins] for a in pins]
        match self.mood:
            case "refuses":
                body = {"code": "TooBig", "message": "Too many table coordinates"}
                return JSONResponse(body, status_code=400)
            case "broken":
                return PlainTextResponse("<html>502 Bad Gateway</html>", status_code=502)
            case "no json":
                return PlainTextResponse("Ok")
            case "negative":
                durations[0][1] = -5
            case "teleports":
                durations[0][1] = 0.5
            case "crawls":
                durations[0][1] = 10**9
            case "zero":
                durations = [[0 for _ in pins] for _ in pins]
            case "endless":
                durations[0][1] = 10**400
            case "round the world":
                distances[0][1] = 1e11
            case "not a number":
                return PlainTextResponse('{"code": "Ok", "durations": [[0, NaN]], "distances": [[0, Infinity]]}')
            case "too big a table":
                durations.append(durations[0])
            case "no route":
                return JSONResponse({"code": "NoRoute", "message": "Impossible route"}, status_code=400)
            case "a page":
                return PlainTextResponse("<html>Welcome</html>", media_type="text/html")
            case "too short a road":
                distances[0][2] = 1
            case "words":
                durations[0][1] = "soon"
            case "a row too few":
                durations.pop()
            case "a cell too few":
                distances[0].pop()
            case "no way":
                durations[0][1] = distances[0][1] = None
            case "not a table":
                return JSONResponse(["Ok"])
        assert request.query_params["annotations"] == "duration,distance"
        assert math.isfinite(durations[0][0])
        return JSONResponse({"code": "Ok", "durations": durations, "distances": distances})
