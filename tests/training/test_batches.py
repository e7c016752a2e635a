import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from bsgi.training.batches import (
    LabelledImages,
    count_batches,
    place_exam,
    reserve_images,
    shuffle_batches,
)


@given(exams=st.integers(2, 400), size=st.integers(2, 40), epoch=st.integers(0, 9))
def test_an_epoch_has_every_exam_once_and_no_batch_of_one(
    exams: int, size: int, epoch: int
) -> None:
    batches = list(shuffle_batches(exams, size, seed=1, epoch=epoch))
    assert len(batches) == count_batches(exams, size)
    assert sorted(np.concatenate(batches)) == list(range(exams))
    lengths = [len(batch) for batch in batches]
    assert min(lengths) >= 2
    assert max(lengths) <= size + 1
    assert max(lengths) - min(lengths) <= 1


def test_the_papers_186_exams_make_24_batches_of_7_or_8() -> None:
    lengths = [len(batch) for batch in shuffle_batches(186, 8, seed=1, epoch=0)]
    assert sorted(lengths) == [7] * 6 + [8] * 18


def test_the_order_follows_seed_and_epoch_alone() -> None:
    def order(seed: int, epoch: int) -> list[int]:
        batches = shuffle_batches(50, 8, seed=seed, epoch=epoch)
        return [int(exam) for batch in batches for exam in batch]

    assert order(1, 4) == order(1, 4)
    assert order(1, 4) != order(1, 5)
    assert order(1, 4) != order(2, 4)


@pytest.mark.parametrize(("exams", "size"), [(1, 8), (8, 1), (0, 0)])
def test_batch_normalisation_needs_two_exams(exams: int, size: int) -> None:
    with pytest.raises(ValueError, match=f"at least 2 .* got {exams} and {size}"):
        count_batches(exams, size)


def test_a_batch_lies_channels_last_and_is_what_was_placed() -> None:
    rng = np.random.default_rng(0)
    stacks = rng.random((3, 4, 8, 8)).astype(np.float32)
    images = reserve_images(3, 8)
    for place, stack in enumerate(stacks):
        place_exam(images, place, stack, place % 2)
    batch = images.take([2, 0])
    assert torch.equal(batch.images(), torch.from_numpy(stacks[[2, 0]]))
    assert batch.images().is_contiguous(memory_format=torch.channels_last)
    assert batch.labels.tolist() == [0, 0]
    assert len(images) == 3


def test_labels_and_exams_must_be_as_many() -> None:
    with pytest.raises(ValueError, match="got 2 labels for 3 exams"):
        LabelledImages(torch.zeros(3, 8, 8, 4), torch.zeros(2, dtype=torch.int64))
