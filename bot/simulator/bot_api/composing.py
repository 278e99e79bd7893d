"""What the sending and editing methods share: the text, caption, markup and file of a call, checked."""

from bot.simulator.bot_api.parameters import Parameters, Upload
from bot.simulator.files import UPLOAD_LIMIT_BYTES, StoredFile
from bot.simulator.formatting import find_automatic_entities, read_text, utf16_length
from bot.simulator.messages import Message
from bot.simulator.people import Json
from bot.simulator.refusals import ApiRefusal, bad_request
from bot.simulator.world import World

TEXT_LENGTH = 4096
CAPTION_LENGTH = 1024
ATTACHED = "attach://"


def compose_text(given: Parameters, *, too_long: str = "message is too long") -> Json:
    """``text`` and ``entities`` of a message. Raises ``ApiRefusal`` for empty, too long or unparsable text."""
    source = given.text("text")
    if not source:
        raise bad_request("message text is empty")
    entities = given.json("entities", "entities") or []
    text, found = read_text(source, given.text("parse_mode"), check_entities(source, entities))
    if not text:
        raise bad_request("text must be non-empty")
    if utf16_length(text) > TEXT_LENGTH:
        raise bad_request(too_long)
    found = find_automatic_entities(text, found)
    return {"text": text, **({"entities": found} if found else {})}


def compose_caption(source: str, parse_mode: str) -> Json:
    """``caption`` and ``caption_entities``; nothing when the caption is empty."""
    text, found = read_text(source, parse_mode)
    if utf16_length(text) > CAPTION_LENGTH:
        raise bad_request("message caption is too long")
    if not text:
        return {}
    found = find_automatic_entities(text, found)
    return {"caption": text, **({"caption_entities": found} if found else {})}


def check_entities(text: str, entities: list[Json]) -> list[Json]:
    """Entities that the bot made itself, refused where they lie outside the text."""
    end = utf16_length(text)
    for entity in entities:
        offset, length = entity.get("offset"), entity.get("length")
        if not isinstance(offset, int) or not isinstance(length, int) or offset < 0:
            raise bad_request(f"receive an entity with incorrect offset {offset}")
        if offset > end:
            raise bad_request(f"entity begins after the end of the text at UTF-16 offset {offset}")
        if offset + length > end:
            raise bad_request(
                f"entity beginning at UTF-16 offset {offset} ends after the end of the text"
                f" at UTF-16 offset {offset + length}"
            )
    return entities


def reply_target(world: World, chat_id: int, given: Parameters) -> int | None:
    """The message replied to. Raises "message to be replied not found" unless the call allows its absence."""
    parameters = given.json("reply_parameters", "reply parameters") or {}
    if parameters and "message_id" not in parameters:
        raise bad_request('can\'t find field "message_id"')
    message_id = int(parameters.get("message_id", 0)) or given.integer("reply_to_message_id")
    if not message_id:
        return None
    if world.message_in(chat_id, message_id) is None:
        lenient = parameters.get("allow_sending_without_reply") or given.flag("allow_sending_without_reply")
        if lenient:
            return None
        raise bad_request("message to be replied not found")
    return message_id


def take_file(world: World, kind: str, reference: str, given: Parameters, field_name: str) -> StoredFile:
    """The file of a call: an upload under its own name or ``attach://name``, or the id of a known file."""
    upload: Upload | None = given.files.get(field_name)
    if reference.startswith(ATTACHED):
        upload = given.files.get(reference.removeprefix(ATTACHED))
        if upload is None:
            raise bad_request("wrong file identifier/HTTP URL specified")
    if upload is not None:
        if len(upload.content) > UPLOAD_LIMIT_BYTES:
            raise ApiRefusal(413, "Request Entity Too Large")
        return world.files.add(kind, upload.name, upload.content)
    if not reference:
        raise bad_request(f"there is no {kind} in the request")
    if "://" in reference:
        # Telegram would fetch the address itself; the simulator has no network.
        raise bad_request("failed to get HTTP URL content")
    try:
        stored = world.files.by_id(reference)
    except ApiRefusal:
        raise bad_request("wrong file identifier/HTTP URL specified") from None
    if stored.kind != kind:
        raise bad_request(f"can't use file of type {stored.kind.title()} as {kind.title()}")
    return stored


def media_content(stored: StoredFile, given: Parameters) -> Json:
    """The field of a ``Message`` that carries the file."""
    if stored.kind == "photo":
        return {"photo": [stored.as_photo_size()]}
    if stored.kind == "voice":
        return {"voice": stored.as_voice(given.integer("duration"))}
    return {"document": stored.as_document()}


def own_message(world: World, given: Parameters, *, what: str) -> Message:
    """The message that a call names, if the bot may ``what`` ("edit") it. Raises ``ApiRefusal`` otherwise."""
    if given.text("inline_message_id"):
        raise bad_request("MESSAGE_ID_INVALID")
    chat_id = world.find_chat(given.text("chat_id"))
    message_id = given.integer("message_id")
    if not message_id:
        raise bad_request("message identifier is not specified")
    world.check_writable(chat_id)
    message = world.message_in(chat_id, message_id)
    if message is None:
        raise bad_request(f"message to {what} not found")
    return message
