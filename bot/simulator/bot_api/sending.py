"""Methods that put a new message into a chat."""

from collections.abc import Callable
from typing import Any

from bot.simulator.bot_api.composing import compose_caption, compose_text, media_content, reply_target, take_file
from bot.simulator.bot_api.parameters import Parameters
from bot.simulator.keyboards import check_markup
from bot.simulator.people import Json
from bot.simulator.refusals import bad_request
from bot.simulator.world import World

LATITUDE_LIMIT = 90
LONGITUDE_LIMIT = 180
CHAT_ACTIONS = frozenset(
    {
        "typing",
        "upload_photo",
        "record_video",
        "upload_video",
        "record_voice",
        "upload_voice",
        "upload_document",
        "choose_sticker",
        "find_location",
        "record_video_note",
        "upload_video_note",
    }
)


def send_message(world: World, given: Parameters) -> Json:
    return _send(world, given, compose_text(given), given.text("text"))


def send_photo(world: World, given: Parameters) -> Json:
    return _send_media(world, given, "photo")


def send_document(world: World, given: Parameters) -> Json:
    return _send_media(world, given, "document")


def send_voice(world: World, given: Parameters) -> Json:
    return _send_media(world, given, "voice")


def send_location(world: World, given: Parameters) -> Json:
    latitude, longitude = given.number("latitude"), given.number("longitude")
    for name, value in (("latitude", latitude), ("longitude", longitude)):
        if value is None:
            raise bad_request(f"{name} is empty")
    location: Json = {"latitude": latitude, "longitude": longitude}
    if abs(latitude or 0) > LATITUDE_LIMIT or abs(longitude or 0) > LONGITUDE_LIMIT:
        raise bad_request("wrong location specified")
    if given.integer("live_period"):
        location["live_period"] = given.integer("live_period")
    return _send(world, given, {"location": location})


def send_contact(world: World, given: Parameters) -> Json:
    contact = {name: given.text(name) for name in ("phone_number", "first_name", "last_name", "vcard")}
    if not contact["phone_number"]:
        raise bad_request("phone number can't be empty")
    if not contact["first_name"]:
        raise bad_request("first name can't be empty")
    return _send(world, given, {"contact": {name: value for name, value in contact.items() if value}})


def send_chat_action(world: World, given: Parameters) -> bool:
    action = given.text("action")
    if action not in CHAT_ACTIONS:
        raise bad_request("wrong parameter action in request")
    chat_id = world.find_chat(given.text("chat_id"))
    world.check_writable(chat_id)
    world.events.tell("action", chat=chat_id, action=action)
    return True


def _send_media(world: World, given: Parameters, kind: str) -> Json:
    caption = compose_caption(given.text("caption"), given.text("parse_mode"))
    stored = take_file(world, kind, given.text(kind), given, kind)
    return _send(world, given, {**media_content(stored, given), **caption}, given.text("caption"))


def _send(world: World, given: Parameters, content: Json, source: str = "") -> Json:
    chat_id = world.find_chat(given.text("chat_id"))
    markup = check_markup(given.json("reply_markup", "reply keyboard markup"), private=chat_id > 0)
    world.check_writable(chat_id)
    message = world.post(
        chat_id=chat_id,
        sender_id=world.bot_id,
        content=content,
        source=source,
        markup=markup,
        reply_to=reply_target(world, chat_id, given),
        silent=given.flag("disable_notification"),
    )
    return world.api_message(message)


METHODS: dict[str, Callable[[World, Parameters], Any]] = {
    "sendMessage": send_message,
    "sendPhoto": send_photo,
    "sendDocument": send_document,
    "sendVoice": send_voice,
    "sendLocation": send_location,
    "sendContact": send_contact,
    "sendChatAction": send_chat_action,
}
