"""The parameters of a Bot API call, whichever way they came: query, form, multipart or JSON."""

import json
from dataclasses import dataclass, field
from typing import Any

from starlette.datastructures import UploadFile
from starlette.requests import Request

from bot.simulator.people import Json
from bot.simulator.refusals import ApiRefusal, bad_request

TRUE_WORDS = {"true", "yes", "1"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """An uploaded file."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Parameters:
    """Values by name. Forms carry everything as text, JSON carries types: the getters take both."""

    values: Json = field(default_factory=dict)
    files: dict[str, Upload] = field(default_factory=dict)

    def text(self, name: str) -> str:
        """The value as text, "" when it is missing."""
        value = self.values.get(name)
        if value is None:
            return ""
        if isinstance(value, bool):
            return "true" if value else "false"
        return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)

    def integer(self, name: str, default: int = 0) -> int:
        text = self.text(name).strip()
        try:
            return int(text) if text else default
        except ValueError:
            return default

    def number(self, name: str) -> float | None:
        text = self.text(name).strip()
        try:
            return float(text) if text else None
        except ValueError:
            return None

    def flag(self, name: str) -> bool:
        return self.text(name).strip().lower() in TRUE_WORDS

    def json(self, name: str, what: str) -> Any:
        """The value as JSON, None when it is missing; ``what`` names it in the refusal of broken JSON."""
        value = self.values.get(name)
        if value is None or value == "":
            return None
        if not isinstance(value, str):
            return value
        try:
            return json.loads(value)
        except json.JSONDecodeError:
            raise bad_request(f"can't parse {what} JSON object") from None

    def for_the_log(self) -> Json:
        """What the call log keeps: JSON values parsed, files by name and size."""
        shown: Json = {}
        for name, value in self.values.items():
            shown[name] = value
            if isinstance(value, str) and value[:1] in {"{", "["}:
                try:
                    shown[name] = json.loads(value)
                except json.JSONDecodeError:
                    shown[name] = value
        for name, upload in self.files.items():
            shown[name] = f"<{upload.name}, {len(upload.content)} bytes>"
        return shown


async def read_parameters(request: Request) -> Parameters:
    """Read the call. Raises ``ApiRefusal`` for a body that is none of the three kinds."""
    values: Json = dict(request.query_params)
    files: dict[str, Upload] = {}
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == "application/json":
        body = await request.body()
        try:
            given = json.loads(body) if body else {}
        except ValueError:
            raise ApiRefusal(400, "Bad Request: can't parse JSON object") from None
        if not isinstance(given, dict):
            raise ApiRefusal(400, "Bad Request: can't parse JSON object")
        values |= given
    elif kind in {"application/x-www-form-urlencoded", "multipart/form-data"}:
        async with request.form(max_files=100, max_part_size=60 * 1024 * 1024) as form:
            for name, value in form.multi_items():
                if isinstance(value, UploadFile):
                    files[name] = Upload(name=value.filename or name, content=await value.read())
                else:
                    values[name] = value
    else:
        await request.body()
    return Parameters(values, files)
