"""A turn: one update being handled. Says who acts, gives the transactions, and turns refusals into words."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Mapping, Sequence
from contextlib import AbstractContextManager, asynccontextmanager, nullcontext, suppress
from contextvars import ContextVar
from datetime import datetime
from typing import Any, Concatenate, ParamSpec, TypeAlias, TypeVar

from sqlmodel.ext.asyncio.session import AsyncSession
from telegram import Message, Update
from telegram.constants import ChatType as ChatKind
from telegram.error import NetworkError
from telegram.ext import BaseHandler, CallbackContext, CallbackQueryHandler, CommandHandler, MessageHandler
from telegram.ext.filters import BaseFilter, ChatType

from bot.domain.errors import Refused, Unavailable
from bot.domain.people import Acting
from bot.domain.screen import Place, Screen
from bot.domain.vocabulary import Role
from bot.services.check_in import stop_asking
from bot.services.clock import Clock, real_now
from bot.services.computing import Compute
from bot.services.forms.drafts import OpenDraft, pause_active
from bot.services.work import Work
from bot.store import inbox, outbox
from bot.store.unit import Store

P = ParamSpec("P")
R = TypeVar("R")

EVERYBODY = frozenset(Role)
SELLERS = frozenset({Role.REP, Role.MANAGER, Role.ADMIN})
LEADERS = frozenset({Role.MANAGER, Role.ADMIN})

_current: ContextVar["Turn"] = ContextVar("turn")
StepAside: TypeAlias = Callable[[], AbstractContextManager[None]]
Handler: TypeAlias = BaseHandler[Update, CallbackContext[Any, Any, Any, Any], Any]


class DeliveredBeforeError(Exception):
    """This update's effects are already in the database: change nothing."""


class Turn:
    """What a handler gets. ``acting`` raises Refused("stranger") for somebody who is no member.

    ``wake`` has sent at once what was put into the outbox before the turn ends.
    """

    def __init__(
        self,
        update: Update,
        *,
        inbox_id: int,
        store: Store,
        clock: Clock,
        member: Acting | None,
        labels: Mapping[str, Sequence[str]],
        open_form: OpenDraft | None = None,
        form_takes_location: bool = False,
        public_url: str | None = None,
        step_aside: StepAside = nullcontext,
        compute: Compute,
        wake: Callable[[], None] = lambda: None,
    ) -> None:
        self.update = update
        self.store = store
        self.clock = clock
        self.member = member
        self.labels = labels
        self.public_url = public_url
        self.error: BaseException | None = None
        self.is_done = False
        self._open_form = open_form
        self._form_takes_location = form_takes_location
        self._inbox_id = inbox_id
        self.wake = wake
        self._step_aside = step_aside
        self._compute = compute

    @property
    def acting(self) -> Acting:
        if self.member is None:
            raise Refused("stranger")
        return self.member

    @property
    def now(self) -> datetime:
        return self.clock.now()

    @property
    def message(self) -> Message | None:
        """The message that a person sent; None for a tap."""
        return self.update.message

    @property
    def text(self) -> str:
        return (self.update.message.text or "") if self.update.message else ""

    @property
    def is_for_form(self) -> bool:
        """Whether what the person sent answers the open form: words, a photo, a voice note, a contact, a place."""
        sent = self.update.message
        if sent is None or self._open_form is None or sent.chat.type != ChatKind.PRIVATE:
            return False
        if sent.location is not None:
            return self._form_takes_location
        return bool(sent.photo or sent.voice or sent.contact) or bool(sent.text and not self._is_command)

    @property
    def _is_command(self) -> bool:
        return self.text.startswith("/")

    async def download(self, file_id: str) -> bytes:
        """The bytes of something that was sent. Raises Unavailable when they cannot be had now."""
        try:
            file = await self.update.get_bot().get_file(file_id)
            return bytes(await file.download_as_bytearray())
        except NetworkError as error:
            raise Unavailable("a file could not be fetched") from error

    @property
    def tapped(self) -> int | None:
        """The message whose button was pressed."""
        query = self.update.callback_query
        return query.message.message_id if query and query.message else None

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncSession]:
        """A read transaction."""
        async with self.store.read() as session:
            yield session

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[Work]:
        """The turn's write transaction, which also marks the update done. Raises DeliveredBeforeError."""
        async with self.session() as session:
            yield Work(session=session, acting=self.acting, now=self.now, tapped=self.tapped)

    @asynccontextmanager
    async def session(self) -> AsyncIterator[AsyncSession]:
        """As ``begin``, for a turn of somebody who is no member yet."""
        async with self.store.begin() as session:
            if not await inbox.finish(session, self._inbox_id, real_now()):
                raise DeliveredBeforeError
            if self.member is not None and self._is_command:
                await self._go_elsewhere(session, self.member)
            yield session
        self.is_done = True

    async def _go_elsewhere(self, session: AsyncSession, member: Acting) -> None:
        """A command leaves a form, whose words would be no answers now, and a location that was asked for."""
        if self._open_form is not None:
            await pause_active(session, member.member_id)  # a tap on the form takes it up again
        await stop_asking(Work(session=session, acting=member, now=self.now))

    async def compute(
        self, work: Callable[Concatenate[Store, P], Awaitable[R]], *args: P.args, **kwargs: P.kwargs
    ) -> R:
        """A long computation outside any transaction: only a few at once, and no other chat waits for them."""
        keeping = asyncio.create_task(self._keep_lease())
        try:
            with self._step_aside():
                return await self._compute.run(work, *args, **kwargs)
        finally:
            keeping.cancel()
            await asyncio.gather(keeping, return_exceptions=True)

    async def _keep_lease(self) -> None:
        while True:
            await asyncio.sleep(inbox.LEASE.total_seconds() / 3)
            with suppress(Unavailable):
                async with self.store.begin() as session:
                    await inbox.hold(session, self._inbox_id, real_now())

    async def show(self, screen: Screen) -> None:
        """Answer with a screen and nothing else."""
        async with self.session() as session:
            await self.reply(session, screen)

    async def reply(self, session: AsyncSession, screen: Screen, *, over_tapped: bool = True) -> None:
        """Put a screen into the outbox for this turn's chat."""
        chat = self.update.effective_chat
        if chat is None:
            return
        await outbox.show(
            session,
            chat.id,
            screen,
            due_at=self.now,
            member_id=self.member.member_id if self.member else None,
            over=self.tapped if over_tapped else None,
            interactive=True,
        )

    async def refuse(self, refused: Refused) -> None:
        """Say in words why not; what was on the screen stays."""
        facts = {key: value for key, value in refused.params.items() if isinstance(value, str | int | float | list)}
        user = self.update.effective_user
        if self.member is None and user is not None:
            facts["language_code"] = user.language_code or "en"
        screen = Screen(template=f"refusals/{refused.code}", facts=facts, living="refusal", place=Place.BELOW)
        async with self.session() as session:
            await self.reply(session, screen, over_tapped=False)


def current_turn() -> Turn:
    """The turn of the update that this task handles."""
    return _current.get()


@asynccontextmanager
async def taking(turn: Turn) -> AsyncIterator[None]:
    """Make a turn the current one."""
    token = _current.set(turn)
    try:
        yield
    finally:
        _current.reset(token)


Callback: TypeAlias = Callable[[Turn, list[str]], Awaitable[None]]
PtbCallback: TypeAlias = Callable[[Update, CallbackContext[Any, Any, Any, Any]], Coroutine[Any, Any, None]]


def guarded(callback: Callback, roles: frozenset[Role] | None) -> PtbCallback:
    """Check the role (None: strangers too), run, put a refusal into words: the one place of authorisation by role."""

    async def run(update: Update, context: CallbackContext[Any, Any, Any, Any]) -> None:
        turn = current_turn()
        try:
            if roles is not None and turn.acting.role not in roles:
                raise Refused("not_for_your_role")
            await callback(turn, _arguments(update, context))
        except Refused as refused:
            await _refuse_once(turn, refused)
        except DeliveredBeforeError:
            return

    return run


async def _refuse_once(turn: Turn, refused: Refused) -> None:
    try:
        await turn.refuse(refused)
    except DeliveredBeforeError:
        return


def _arguments(update: Update, context: CallbackContext[Any, Any, Any, Any]) -> list[str]:
    if update.callback_query is not None:
        return (update.callback_query.data or "").split(":")[1:]
    return list(context.args or [])


def command(names: str | Sequence[str], callback: Callback, *, roles: frozenset[Role] | None = EVERYBODY) -> Handler:
    """A /command in a private chat."""
    return CommandHandler(names, guarded(callback, roles), filters=ChatType.PRIVATE)


def tap(verb: str, callback: Callback, *, roles: frozenset[Role] | None = EVERYBODY) -> Handler:
    """A button whose callback data begins with ``verb``; the callback gets the rest, split at the colons."""
    return CallbackQueryHandler(guarded(callback, roles), pattern=f"^{verb}(:|$)")


def message(kind: BaseFilter, callback: Callback, *, roles: frozenset[Role] | None = EVERYBODY) -> Handler:
    """A message of some kind in a private chat."""
    return MessageHandler(kind & ChatType.PRIVATE, guarded(callback, roles))
