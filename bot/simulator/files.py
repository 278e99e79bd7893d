"""Files that people and the bot sent: bytes, names and the identifiers by which the Bot API speaks of them."""

import hashlib
import mimetypes
import struct
from dataclasses import asdict, dataclass
from pathlib import PurePosixPath

from bot.simulator.keeping import Keeping
from bot.simulator.people import Json
from bot.simulator.refusals import bad_request

MEGABYTE = 1024 * 1024
DOWNLOAD_LIMIT_BYTES = 20 * MEGABYTE
UPLOAD_LIMIT_BYTES = 50 * MEGABYTE
PHOTO_LIMIT_BYTES = 10 * MEGABYTE
PHOTO_SIDES_SUM = 10_000
PHOTO_SIDES_RATIO = 20
FOLDERS = {"photo": "photos", "voice": "voice", "document": "documents"}
JPEG_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredFile:
    """One stored file; ``key`` is its number, ``path`` what ``getFile`` answers."""

    key: int
    kind: str
    name: str
    mime_type: str
    size: int
    file_id: str
    file_unique_id: str
    path: str
    width: int = 0
    height: int = 0

    def as_photo_size(self) -> Json:
        return {**self._identity(), "width": self.width, "height": self.height}

    def as_document(self) -> Json:
        return {**self._identity(), "file_name": self.name, "mime_type": self.mime_type}

    def as_voice(self, duration_s: int) -> Json:
        return {**self._identity(), "duration": duration_s, "mime_type": self.mime_type}

    def _identity(self) -> Json:
        return {"file_id": self.file_id, "file_unique_id": self.file_unique_id, "file_size": self.size}


class Files:
    """All files of the world, kept across runs."""

    def __init__(self, keeping: Keeping) -> None:
        self._keeping = keeping
        self._by_key = {key: StoredFile(**body) for key, body in keeping.every("file")}

    def add(self, kind: str, name: str, content: bytes) -> StoredFile:
        """Store bytes as a photo, a voice note or a document. Raises ``ApiRefusal`` for what is no such thing."""
        if not content:
            raise bad_request("file must be non-empty")
        width, height = _check_picture(content) if kind == "photo" else (0, 0)
        key = max(self._by_key, default=0) + 1
        digest = hashlib.sha256(content).hexdigest()
        suffix = PurePosixPath(name).suffix or {"photo": ".jpg", "voice": ".oga"}.get(kind, "")
        mime_type = mimetypes.guess_type(name)[0] or "application/octet-stream"
        stored = StoredFile(
            key=key,
            kind=kind,
            name=name,
            mime_type="audio/ogg" if kind == "voice" else mime_type,
            size=len(content),
            file_id=f"{kind[0].upper()}gACAgSim{key:06d}{digest[:32]}",
            file_unique_id=f"AQAD{digest[:12]}",
            path=f"{FOLDERS[kind]}/file_{key}{suffix}",
            width=width,
            height=height,
        )
        self._by_key[key] = stored
        self._keeping.put_bytes(key, content)
        self._keeping.put("file", key, asdict(stored))
        return stored

    def by_id(self, file_id: str) -> StoredFile:
        for stored in self._by_key.values():
            if stored.file_id == file_id:
                return stored
        raise bad_request("wrong file_id or the file is temporarily unavailable")

    def by_key(self, key: int) -> StoredFile | None:
        return self._by_key.get(key)

    def by_path(self, path: str) -> StoredFile | None:
        return next((stored for stored in self._by_key.values() if stored.path == path), None)

    def content(self, stored: StoredFile) -> bytes:
        return self._keeping.get_bytes(stored.key)


def _check_picture(content: bytes) -> tuple[int, int]:
    if len(content) > PHOTO_LIMIT_BYTES:
        raise bad_request("file is too big for a photo; the maximum size is 10 MB")
    size = picture_size(content)
    if size is None:
        raise bad_request("IMAGE_PROCESS_FAILED")
    width, height = size
    if width + height > PHOTO_SIDES_SUM or max(size) > PHOTO_SIDES_RATIO * max(min(size), 1):
        raise bad_request("PHOTO_INVALID_DIMENSIONS")
    return size


def picture_size(content: bytes) -> tuple[int, int] | None:
    """Width and height in pixels of a PNG, JPEG, GIF or WebP, read from its header; None for anything else."""
    if content.startswith(b"\x89PNG\r\n\x1a\n") and len(content) >= 24:
        width, height = struct.unpack(">II", content[16:24])
        return width, height
    if content.startswith((b"GIF87a", b"GIF89a")) and len(content) >= 10:
        width, height = struct.unpack("<HH", content[6:10])
        return width, height
    if content.startswith(b"RIFF") and content[8:16] == b"WEBPVP8X" and len(content) >= 30:
        return int.from_bytes(content[24:27], "little") + 1, int.from_bytes(content[27:30], "little") + 1
    if content.startswith(b"\xff\xd8"):
        return _jpeg_size(content)
    return None


def _jpeg_size(content: bytes) -> tuple[int, int] | None:
    position = 2
    while position + 9 <= len(content) and content[position] == 0xFF:
        marker = content[position + 1]
        if marker in JPEG_FRAMES:
            height, width = struct.unpack(">HH", content[position + 5 : position + 9])
            return width, height
        position += 2 + int.from_bytes(content[position + 2 : position + 4], "big")
    return None
