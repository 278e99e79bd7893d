"""Reads the fields of one row and gathers everything that is wrong with it, so that a file is corrected in one go."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TypeVar
from zoneinfo import ZoneInfo

from bot.domain.birthdays import NO_YEAR, read_birthday
from bot.domain.names import address_key, name_key
from bot.services.importing import values
from bot.services.importing.choices import Choice
from bot.services.importing.columns import header_key
from bot.services.importing.reading import Cell
from bot.services.importing.recognising import Layout
from bot.services.importing.rows import CustomerMention, Fault
from bot.services.importing.values import BadValue

Value = TypeVar("Value")

NAME_MAX = 200
ADDRESS_MAX = 500
EXTRA_MAX = 2000
VALUE_QUOTED = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """What a file leaves unsaid: the team's time zone and currency, and how the file counts its days."""

    zone: ZoneInfo
    currency: str
    dates_from_1904: bool = False


@dataclass(slots=True, kw_only=True)
class RowReader:
    """One row under its layout. Every method gives a field's value or None/"" and notes a fault when it is bad."""

    line: int
    cells: tuple[Cell, ...]
    layout: Layout
    frame: Frame
    faults: list[Fault] = field(default_factory=list)

    def cell(self, name: str) -> Cell:
        index = self.layout.fields.get(name)
        return self.cells[index] if index is not None and index < len(self.cells) else None

    def refuse(self, code: str, name: str = "", **params: str | int) -> None:
        """Note a fault about a field, or about the row when no field is named."""
        index = self.layout.fields.get(name)
        header = self.layout.headers[index] if index is not None else ""
        value = self.cell(name)
        self.faults.append(Fault(code=code, header=header, value=str(value or "")[:VALUE_QUOTED], params=params))

    def read(self, name: str, read: Callable[[Cell], Value]) -> Value | None:
        """The field's value by the given reader, None when it is bad."""
        try:
            return read(self.cell(name))
        except BadValue as error:
            self.refuse(error.code, name, **error.params)
            return None

    def text(self, name: str, limit: int) -> str:
        text = self.read(name, values.plain_text) or ""
        if len(text) > limit:
            self.refuse("too_long", name, limit=limit)
        return text

    def required_text(self, name: str, limit: int, missing: str) -> str:
        already = len(self.faults)
        text = self.text(name, limit)
        if not text and len(self.faults) == already:
            self.refuse(missing, name)
        return text

    def name(self, name: str, limit: int, missing: str) -> tuple[str, str]:
        """A required name and its key; a name without a letter or digit is refused."""
        text = self.required_text(name, limit, missing)
        key = name_key(text)
        if text and not key:
            self.refuse("name_without_letters", name)
        return text, key

    def customer(self) -> CustomerMention:
        text, key = self.name("customer", NAME_MAX, "missing_customer")
        return CustomerMention(name=text, name_key=key, address_key=address_key(self.text("address", ADDRESS_MAX)))

    def phone(self, limit: int) -> str:
        """The mobile number, else the other one."""
        number = self.read("mobile", values.read_phone) or self.read("phone", values.read_phone) or ""
        if len(number) > limit:
            self.refuse("too_long", "mobile", limit=limit)
        return number

    def day(self, name: str) -> date | None:
        zone, from_1904 = self.frame.zone, self.frame.dates_from_1904
        return self.read(name, lambda cell: values.read_day(cell, zone, from_1904=from_1904))

    def birthday(self, name: str) -> date | None:
        """A day, also one without its year."""
        return self._without_year(name) or self.day(name)

    def _without_year(self, name: str) -> date | None:
        found = self.read(name, lambda cell: read_birthday(values.plain_text(cell), date.max))
        return found if found is not None and found.year == NO_YEAR else None

    def instant(self, name: str) -> datetime | None:
        zone, from_1904 = self.frame.zone, self.frame.dates_from_1904
        return self.read(name, lambda cell: values.read_instant(cell, zone, from_1904=from_1904))

    def minor(self, name: str, currency: str, *, negative: bool = False) -> int | None:
        return self.read(name, lambda cell: values.read_minor(cell, currency, negative=negative))

    def choice(self, name: str, words: Mapping[str, Choice]) -> Choice | None:
        """The choice that the cell's word stands for; None for none and for a word that nobody knows."""
        text = self.read(name, values.plain_text) or ""
        return words.get(header_key(text))

    def coordinates(self) -> tuple[float, float] | None:
        """Latitude and longitude in degrees (WGS-84), from two columns or from one that reads ``lng,lat``."""
        before = len(self.faults)
        lat = self.read("lat", lambda cell: values.read_number(cell, -90, 90, "bad_coordinates"))
        lng = self.read("lng", lambda cell: values.read_number(cell, -180, 180, "bad_coordinates"))
        if lat is None and lng is None and len(self.faults) == before:
            parts = self.read("point", values.read_list) or ()
            if not parts:
                return None
            try:
                lng, lat = (float(part) for part in parts)
            except ValueError:
                self.refuse("bad_coordinates", "point")
                return None
        if len(self.faults) > before:
            return None
        nowhere = lat == 0 and lng == 0  # what programs write for "unknown"
        if lat is None or lng is None or nowhere or not (-90 <= lat <= 90 and -180 <= lng <= 180):
            self.refuse("bad_coordinates", "lat" if "lat" in self.layout.fields else "point")
            return None
        return lat, lng

    def extra(self, *also: str) -> Mapping[str, str]:
        """The columns that are no field, and the named fields as they stand, by header. Empty cells are left out."""
        columns = dict(self.layout.others)
        columns.update(
            (index, self.layout.headers[index]) for name in also if (index := self.layout.fields.get(name)) is not None
        )
        kept: dict[str, str] = {}
        for index, header in columns.items():
            try:
                text = values.plain_text(self.cells[index]) if index < len(self.cells) else ""
            except BadValue as error:
                self.faults.append(Fault(code=error.code, header=header, params=error.params))
                continue
            if len(text) > EXTRA_MAX:
                self.faults.append(
                    Fault(code="too_long", header=header, value=text[:VALUE_QUOTED], params={"limit": EXTRA_MAX})
                )
            if text:
                kept[header] = text
        return kept
