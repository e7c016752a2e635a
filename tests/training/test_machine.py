import os

import pytest
import torch

from bsgi.training.machine import (
    count_threads,
    keep_memory_between_steps,
    repeatable_arithmetic,
)


def test_threads_are_those_of_the_recipe_or_all_cores() -> None:
    assert count_threads(3) == 3
    assert 1 <= count_threads(0) <= (os.cpu_count() or 1)


def test_settings_hold_inside_and_are_restored_after_an_error() -> None:
    before = torch.get_num_threads()

    def fail_inside() -> None:
        with repeatable_arithmetic(1):
            assert torch.are_deterministic_algorithms_enabled()
            assert torch.get_num_threads() == 1
            raise KeyError

    with pytest.raises(KeyError):
        fail_inside()
    assert not torch.are_deterministic_algorithms_enabled()
    assert torch.get_num_threads() == before


def test_keeping_memory_can_be_asked_twice() -> None:
    assert keep_memory_between_steps() == keep_memory_between_steps()
