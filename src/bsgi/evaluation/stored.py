"""A record of ours as a JSON file and back, checked field by field when it is read."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Generic, TypeVar

from pydantic import TypeAdapter, ValidationError

from bsgi.errors import BsgiError, RunError
from bsgi.files import load_json, save_json

T = TypeVar("T")

POSITIVE: Mapping[str, object] = {"positive": "malignant"}
"""Stands in every file whose numbers depend on which label is the positive one."""


@dataclass(frozen=True, slots=True)
class StoredKind(Generic[T]):
    """A kind of JSON file that holds one record.

    Args:
        record: The dataclass of the record.
        maker: Who writes such files, as a message has it.
        remedy: What to do about a file that is not so.
        marks: What stands in every such file besides the record.
        error: The kind of error to raise, that of the folder it belongs to.
    """

    record: type[T]
    maker: str = "bsgi"
    remedy: str = "write it anew"
    marks: Mapping[str, object] = field(default_factory=dict)
    error: type[BsgiError] = RunError

    def save(self, path: Path, record: T) -> None:
        """Write a record; numbers keep every digit, what is undefined is null.

        Args:
            path: The file to make or replace.
            record: What to write.
        """
        content: dict[str, Any] = TypeAdapter(self.record).dump_python(
            record, mode="json"
        )
        save_json(path, {**self.marks, **content})

    def load(self, path: Path) -> T:
        """Read a record.

        Args:
            path: The file.

        Raises:
            BsgiError: Of kind `error`, if it is missing, of another version, lacks a
                mark, or is not as `save` writes it; the message names the field.
        """
        content = load_json(path, self.error)
        for name, expected in self.marks.items():
            if content.get(name) != expected:
                raise self.error(
                    f"{path} must have {name} {expected}, got {content.get(name)!r}; "
                    f"{self.remedy}."
                )
        try:
            found: T = TypeAdapter(self.record).validate_python(content)
        except ValidationError as invalid:
            first = invalid.errors()[0]
            place = ".".join(str(step) for step in first["loc"]) or "the whole"
            raise self.error(
                f"{path} must be as {self.maker} writes it, but {place}: "
                f"{first['msg']}; {self.remedy}."
            ) from None
        return found
