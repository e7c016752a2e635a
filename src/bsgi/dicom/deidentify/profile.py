"""The table of the basic profile, with what our options retain, on every level.

The table and its actions are those of the package dicomanonymizer, which follows the
standard. It looks at the top level of a dataset only; here it is applied to the items
of all sequences too. What it changes in a way of its own (random identifiers, dummy
dates) is in `RETAINED` and is changed later, by key.

References:
    DICOM PS3.15 Table E.1-1, edition 2026c.
"""

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, Final

from dicomanonymizer.simpledicomanonymizer import (
    anonymize_dataset,
    initialize_actions,
)
from pydicom.dataset import Dataset

from bsgi.dicom.deidentify.attributes import RETAINED
from bsgi.dicom.parse import FAILURES

EDITION: Final = "2026c"
"""Edition of the standard whose table is used."""

Action = Callable[[Dataset, tuple[int, int]], Any]


@cache
def load_table() -> Mapping[tuple[int, ...], Action]:
    """The action of each attribute of Table E.1-1 that no option retains.

    Keys are group and element, or group, element and their masks.
    """
    table: dict[tuple[int, ...], Action] = initialize_actions(f"dicomfields_{EDITION}")
    return {
        tag: _remove_if_impossible(action)
        for tag, action in table.items()
        if len(tag) > 2 or (tag[0] << 16 | tag[1]) not in RETAINED
    }


def apply_profile(dataset: Dataset) -> None:
    """Apply the table to a dataset and to the items of all its sequences, in place.

    An element that cannot be decoded is removed.

    Args:
        dataset: What a file holds, its pixels as stored.
    """
    for tag in list(dataset.keys()):
        try:
            element = dataset[tag]
            if element.VR == "SQ":
                for item in element.value:
                    apply_profile(item)
        except FAILURES:
            del dataset[tag]
    anonymize_dataset(dataset, base_rules_gen=lambda: _choose_rules(dataset))


def _choose_rules(dataset: Dataset) -> dict[tuple[int, ...], Action]:
    """The part of the table that this dataset has attributes of."""
    present = {(tag.group, tag.element) for tag in dataset.keys()}  # noqa: SIM118
    return {
        tag: action
        for tag, action in load_table().items()
        if len(tag) > 2 or tag in present
    }


def _remove_if_impossible(action: Action) -> Action:
    """Remove what the action of the package does not know how to replace."""

    def act(dataset: Dataset, tag: tuple[int, int]) -> None:
        try:
            action(dataset, tag)
        except FAILURES:
            if tag in dataset:
                del dataset[tag]

    return act
