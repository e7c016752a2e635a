"""The fields of a protocol buffer, read strictly by a schema of ours.

A graph from a stranger is looked at before any engine parses it. Only what a schema
names is let through, single fields stand once, and nothing is allocated but slices of
what is there.

References:
    Protocol Buffers, Encoding. https://protobuf.dev/programming-guides/encoding/
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

from bsgi.runtime.folder import BundleError


class Wire(IntEnum):
    """How a field is encoded."""

    NUMBER = 0
    BYTES = 2
    FLOAT = 5


@dataclass(frozen=True, slots=True)
class Field:
    """One field that a message may have.

    Args:
        name: What we call it.
        wire: How it is encoded.
        repeated: Whether it may stand more than once.
    """

    name: str
    wire: Wire
    repeated: bool = False


Schema = Mapping[int, Field]
"""The fields of a message by their numbers."""

_MOST_BITS: Final = 64


class Message:
    """The fields of one message.

    Args:
        data: Its bytes.
        schema: What it may hold.
        kind: What it is, for messages.

    Raises:
        BundleError: If it holds anything else, or breaks off.
    """

    def __init__(self, data: memoryview, schema: Schema, kind: str) -> None:
        self._kind = kind
        self._numbers: dict[str, list[int]] = {}
        self._bytes: dict[str, list[memoryview]] = {}
        for number, wire, value in _read_fields(data, kind):
            field = schema.get(number)
            if field is None or not _fits(field, wire):
                raise BundleError(
                    f"the graph must hold what an export writes, but its {kind} has "
                    f"field {number} of type {wire}."
                )
            self._keep(field, value)
        for field in schema.values():
            count = len(self._numbers.get(field.name, ())) + len(
                self._bytes.get(field.name, ())
            )
            if count > 1 and not field.repeated:
                raise BundleError(f"the graph must have one {field.name} per {kind}.")

    def _keep(self, field: Field, value: "int | memoryview") -> None:
        if isinstance(value, int):
            self._numbers.setdefault(field.name, []).append(value)
        elif field.wire is Wire.NUMBER:
            place, kept = 0, self._numbers.setdefault(field.name, [])
            while place < len(value):  # packed
                number, place = _read_varint(value, place, self._kind)
                kept.append(number)
        else:
            self._bytes.setdefault(field.name, []).append(value)

    def numbers(self, name: str) -> list[int]:
        """The numbers of a field, as signed integers."""
        return [
            each - (1 << 64) if each >= 1 << 63 else each
            for each in self._numbers.get(name, ())
        ]

    def number(self, name: str) -> int:
        """The number of a field that stands once; 0 without it."""
        return next(iter(self.numbers(name)), 0)

    def parts(self, name: str) -> list[memoryview]:
        """The bytes of a field, such as messages in it."""
        return self._bytes.get(name, [])

    def text(self, name: str) -> str:
        """The text of a field that stands once; empty without it."""
        return next(iter(self.texts(name)), "")

    def texts(self, name: str) -> list[str]:
        """The texts of a field."""
        return [bytes(each).decode("utf-8", "replace") for each in self.parts(name)]


def _fits(field: Field, wire: int) -> bool:
    packed = field.wire is Wire.NUMBER and field.repeated and wire == Wire.BYTES
    return wire == field.wire or packed


def _read_fields(
    data: memoryview, kind: str
) -> Iterator[tuple[int, int, "int | memoryview"]]:
    place = 0
    while place < len(data):
        tag, place = _read_varint(data, place, kind)
        number, wire = tag >> 3, tag & 7
        if wire == Wire.NUMBER:
            value, place = _read_varint(data, place, kind)
            yield number, wire, value
            continue
        length = 4
        if wire == Wire.BYTES:
            length, place = _read_varint(data, place, kind)
        elif wire != Wire.FLOAT:
            raise BundleError(f"the graph must be readable, but a {kind} is not.")
        if length > len(data) - place:
            raise BundleError(f"the graph must be whole, but a {kind} breaks off.")
        yield number, wire, data[place : place + length]
        place += length


def _read_varint(data: memoryview, place: int, kind: str) -> tuple[int, int]:
    value = shift = 0
    while place < len(data) and shift < _MOST_BITS:
        byte = data[place]
        place += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value & ((1 << _MOST_BITS) - 1), place
        shift += 7
    raise BundleError(f"the graph must be whole, but a number of a {kind} is not.")
