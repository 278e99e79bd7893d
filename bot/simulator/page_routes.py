"""The chat page and the small JSON API behind it.

=======  ============================  ==============================================================================
GET      ``/``                         the page; ``?person=ID`` opens that person's phone, ``&bare`` shows the chat only
GET      ``/sim/state``                people, unread messages, bot, clock
GET      ``/sim/chats/{person}``       one person's screen: messages, keyboard, commands, hints
POST     ``…/start``                   press START or RESTART
POST     ``…/text``                    ``{"text", "reply_to"?}``
POST     ``…/tap``                     ``{"message_id", "row", "column"}`` -> ``{"query_id"}``
POST     ``…/location``                ``{"latitude", "longitude", "live"?}``
POST     ``…/contact``                 ``{"phone_number", "first_name", "last_name"?, "own"?}``
POST     ``…/file``                    multipart: ``kind`` photo, document or voice; ``file``; ``caption``
POST     ``…/block``                   ``{"blocked": true or false}``
POST     ``/sim/clock``                ``{"to": instant}``; answers when the clock has arrived
GET      ``/sim/files/{key}``          the bytes of a file of a chat
GET      ``/sim/events``               server-sent events: message, deleted, around, person, answer, action, clock
=======  ============================  ==============================================================================

A refused action answers 409 with ``{"error": why}``.
"""

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response, StreamingResponse
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from bot.simulator.page_view import PageView
from bot.simulator.people import Json
from bot.simulator.picking import NotOnScreen
from bot.simulator.simulator import Simulator

PAGE = Path(__file__).parent / "page"
NO_STORE = {"cache-control": "no-store"}
SAFE_IMAGES = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})
CANNED_VOICE_S = 4


class PageRoutes:
    """The routes of the page for one simulator."""

    def __init__(
        self, simulator: Simulator, view: PageView, move_clock: Callable[[datetime], Awaitable[None]] | None
    ) -> None:
        self._simulator = simulator
        self._world = simulator.world
        self._view = view
        self._move_clock = move_clock

    def routes(self) -> list[BaseRoute]:
        return [
            Route("/", self.page),
            Mount("/page", StaticFiles(directory=PAGE)),
            Route("/sim/state", self.state),
            Route("/sim/events", self.events),
            Route("/sim/clock", self.clock, methods=["POST"]),
            Route("/sim/files/{key:int}", self.file),
            Route("/sim/chats/{person:int}", self.chat),
            Route("/sim/chats/{person:int}/{action}", self.act, methods=["POST"]),
        ]

    async def page(self, request: Request) -> Response:
        return FileResponse(PAGE / "index.html", headers=NO_STORE)

    async def state(self, request: Request) -> Response:
        with self._world.lock:
            return JSONResponse(self._view.state(), headers=NO_STORE)

    async def chat(self, request: Request) -> Response:
        person_id = request.path_params["person"]
        if person_id not in self._world.people:
            return _refuse("nobody has that id", 404)
        with self._world.lock:
            return JSONResponse(self._view.chat(person_id), headers=NO_STORE)

    async def act(self, request: Request) -> Response:
        """Do what the person did on the page."""
        person_id, action = request.path_params["person"], request.path_params["action"]
        if person_id not in self._world.people:
            return _refuse("nobody has that id", 404)
        try:
            if action == "file":
                return JSONResponse(await self._send_file(person_id, request))
            given = await request.json()
            return JSONResponse(self._do(person_id, action, given))
        except (NotOnScreen, ValueError, KeyError, TypeError) as problem:
            return _refuse(str(problem), 409)

    def _do(self, person_id: int, action: str, given: Json) -> Json:
        simulator = self._simulator
        match action:
            case "start":
                simulator.starts(person_id)
            case "text":
                simulator.says(person_id, str(given["text"]), reply_to=given.get("reply_to"))
            case "tap":
                tap = simulator.taps_button(person_id, given["message_id"], given["row"], given["column"])
                return {"query_id": tap.query_id}
            case "location":
                lat, lng = float(given["latitude"]), float(given["longitude"])
                simulator.shares_location(person_id, lat, lng, live=bool(given.get("live")))
            case "contact":
                simulator.shares_contact(
                    person_id,
                    str(given["phone_number"]),
                    str(given["first_name"]),
                    given.get("last_name") or None,
                    user_id=person_id if given.get("own") else None,
                )
            case "block" if given["blocked"]:
                simulator.blocks_bot(person_id)
            case "block":
                simulator.unblocks_bot(person_id)
            case _:
                raise ValueError(f"people cannot {action!r}")
        return {}

    async def _send_file(self, person_id: int, request: Request) -> Json:
        async with request.form(max_part_size=60 * 1024 * 1024) as form:
            upload, kind = form["file"], str(form["kind"])
            if not isinstance(upload, UploadFile):
                raise ValueError("the file is missing")
            name, content, caption = upload.filename or "file", await upload.read(), str(form.get("caption", ""))
        match kind:
            case "photo":
                self._simulator.sends_photo(person_id, name, content, caption or None)
            case "voice":
                self._simulator.sends_voice(person_id, name, content, duration_s=CANNED_VOICE_S)
            case "document":
                self._simulator.sends_document(person_id, name, content, caption or None)
            case _:
                raise ValueError(f"no such kind of file: {kind}")
        return {}

    async def file(self, request: Request) -> Response:
        """The bytes of a file. Only pictures and sound open in the page: a document could carry scripts."""
        with self._world.lock:
            stored = self._world.files.by_key(request.path_params["key"])
            content = None if stored is None else self._world.files.content(stored)
        if stored is None or content is None:
            return _refuse("no such file", 404)
        headers = {"x-content-type-options": "nosniff", "content-security-policy": "sandbox"}
        if stored.mime_type in SAFE_IMAGES or stored.kind == "voice":
            return Response(content, media_type=stored.mime_type, headers=headers)
        return Response(content, media_type="application/octet-stream", headers=headers)

    async def clock(self, request: Request) -> Response:
        """Move the clock forward and wait until the application got there."""
        if self._move_clock is None:
            return _refuse("this clock does not move", 409)
        world = self._world
        try:
            target = datetime.fromisoformat(str((await request.json())["to"]))
        except (ValueError, KeyError, TypeError):
            return _refuse("`to` is an ISO instant with its offset", 409)
        if target.tzinfo is None or target <= world.now():
            return _refuse("the clock moves forward only, to an instant with its offset", 409)
        if world.clock_moving_to is not None:
            return _refuse("the clock is moving", 409)
        world.clock_moving_to = target.isoformat()
        self._tell_clock()
        try:
            await self._move_clock(target)
        finally:
            world.clock_moving_to = None
            self._tell_clock()
        return JSONResponse(self._view.clock())

    def _tell_clock(self) -> None:
        self._world.events.tell("clock", clock=self._view.clock())

    async def events(self, request: Request) -> Response:
        # Listening begins before the first byte: a page that loads after its stream opened misses nothing.
        stream = self._stream(self._world.events.listen())
        return StreamingResponse(stream, media_type="text/event-stream", headers=NO_STORE)

    async def _stream(self, events: AsyncIterator[Json]) -> AsyncIterator[str]:
        yield "retry: 500\n\n"
        async for event in events:
            for shown in self._dress(event):
                yield f"data: {json.dumps(shown, ensure_ascii=False)}\n\n"

    def _dress(self, event: Json) -> list[Json]:
        """Add to an event what the page needs, so that it does not have to ask back."""
        with self._world.lock:
            chat_id: Any = event.get("chat")
            if event["type"] in ("profile", "clock"):
                news = [event] if event["type"] == "clock" else []
                return [*news, *(self._around(person_id) for person_id in self._world.people)]
            if chat_id is None or chat_id not in self._world.people:
                return [event] if chat_id is None else []
            if event["type"] == "message":
                message = self._world.message_in(chat_id, event["message_id"])
                if message is None:
                    return []
                return [{**event, "message": self._view.message(message)}, self._around(chat_id)]
            return [event, self._around(chat_id)] if event["type"] == "deleted" else [event]

    def _around(self, person_id: int) -> Json:
        return {"type": "around", "chat": person_id, **self._view.surroundings(person_id)}


def _refuse(why: str, status: int) -> Response:
    return JSONResponse({"error": why}, status_code=status)
