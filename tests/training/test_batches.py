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
        place_exam(images, place, stack, place % 2, f"p{place}")
    exams = images.finish()
    batch = exams.take([2, 0])
    assert torch.equal(batch.images(), torch.from_numpy(stacks[[2, 0]]))
    assert batch.images().is_contiguous(memory_format=torch.channels_last)
    assert batch.labels.tolist() == [0, 0]
    assert batch.patients == ("p2", "p0")
    assert len(exams) == 3


def test_a_place_that_was_not_filled_is_found() -> None:
    images = reserve_images(2, 8)
    place_exam(images, 0, np.zeros((4, 8, 8), np.float32), 0, "p0")
    with pytest.raises(ValueError, match="must have a patient, exam 1 has none"):
        images.finish()


@pytest.mark.parametrize(("labels", "patients"), [(2, 3), (3, 2)])
def test_labels_patients_and_exams_must_be_as_many(labels: int, patients: int) -> None:
    fault = f"got {labels} labels and {patients} patients for 3 exams"
    with pytest.raises(ValueError, match=fault):
        LabelledImages(
            torch.zeros(3, 8, 8, 4),
            torch.zeros(labels, dtype=torch.int64),
            ("a", "b", "c")[:patients],
        )


def test_shrunk_exams_are_the_means_of_their_fields() -> None:
    rng = np.random.default_rng(0)
    pixels = rng.random((3, 8, 8, 4)).astype(np.float32)
    labels = torch.tensor([0, 1, 0])
    exams = LabelledImages(torch.from_numpy(pixels), labels, ("a", "b", "c"))
    small = exams.shrink(2)
    expected = pixels.reshape(3, 2, 4, 2, 4, 4).mean(axis=(2, 4))
    np.testing.assert_allclose(small.pixels.numpy(), expected, rtol=1e-6)
    assert small.patients == exams.patients
    assert torch.equal(small.shrink(2).pixels, small.pixels)
    assert torch.equal(exams.take([1]).shrink(2).pixels, small.take([1]).pixels)
    assert exams.shrink(None) is exams
