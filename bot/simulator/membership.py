"""Where the bot is let in and thrown out: groups, and people who block it."""

from collections.abc import Sequence

from bot.simulator.people import GroupChat, Json
from bot.simulator.writing import Writing

FIRST_GROUP_ID = -1_001


class Membership(Writing):
    """The part of the simulator by which people admit the bot or stop it."""

    def starts(self, person_id: int) -> int | None:
        """Press START, or RESTART after blocking: sends ``/start`` with the person's invitation the first time."""
        chat = self.world.private_chats[person_id]
        payload = "" if chat.started else self._start_payloads.get(person_id, "")
        if chat.blocked:
            self.unblocks_bot(person_id)
        return self.says(person_id, f"/start {payload}".strip())

    def add_group(self, title: str, member_ids: Sequence[int]) -> int:
        """A group without the bot; returns its id, which is negative."""
        with self.world.lock:
            group_id = min((FIRST_GROUP_ID, *(known - 1 for known in self.world.groups)))
            self.world.groups[group_id] = GroupChat(id=group_id, title=title, member_ids=list(member_ids))
            self.world.keep_group(self.world.groups[group_id])
            return group_id

    def adds_bot_to_group(self, person_id: int, title: str) -> int:
        """Add the bot to the group of that title, made when there is none. Returns the group's id."""
        with self.world.lock:
            known = [group.id for group in self.world.groups.values() if group.title == title]
            group_id = known[0] if known else self.add_group(title, [person_id])
            group = self.world.groups[group_id]
            old, group.bot_status = group.bot_status, "member"
            self.world.keep_group(group)
            self._member_update(person_id, self.world.chat_object(group_id), old, "member")
            self._send(person_id, {"new_chat_members": [self.world.bot_user()]}, chat_id=group_id)
            return group_id

    def removes_bot_from_group(self, person_id: int, group_id: int) -> None:
        with self.world.lock:
            group = self.world.groups[group_id]
            old, group.bot_status = group.bot_status, "kicked"
            self.world.keep_group(group)
            self._member_update(person_id, self.world.chat_object(group_id), old, "kicked")

    def blocks_bot(self, person_id: int) -> None:
        """Stop the bot: it hears once that it was blocked, and every call to this chat is a 403."""
        self._set_blocked(person_id, blocked=True)

    def unblocks_bot(self, person_id: int) -> None:
        self._set_blocked(person_id, blocked=False)

    def _set_blocked(self, person_id: int, *, blocked: bool) -> None:
        with self.world.lock:
            chat = self.world.private_chats[person_id]
            if chat.blocked == blocked:
                return
            chat.blocked = blocked
            self.world.keep_private_chat(chat)
            old, new = ("member", "kicked") if blocked else ("kicked", "member")
            self._member_update(person_id, self.world.chat_object(person_id), old, new)

    def _member_update(self, person_id: int, chat: Json, old: str, new: str) -> None:
        bot = self.world.bot_user()
        self.world.updates.add(
            "my_chat_member",
            {
                "chat": chat,
                "from": self.world.user(person_id),
                "date": self.world.timestamp(),
                "old_chat_member": _membership(bot, old),
                "new_chat_member": _membership(bot, new),
            },
        )


def _membership(bot: Json, status: str) -> Json:
    body: Json = {"user": bot, "status": status}
    if status == "kicked":
        body["until_date"] = 0
    return body
