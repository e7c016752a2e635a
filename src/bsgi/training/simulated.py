"""Simulated exams straight into memory, for controls, benchmarks and learning curves.

Exams that a study reports on go through DICOM files and a cohort instead.
"""

from bsgi.exam.preprocess import Preprocessing, preprocess
from bsgi.physics.population.population import Population
from bsgi.physics.simulate import simulate_exam
from bsgi.training.batches import LabelledImages, place_exam, reserve_images
from bsgi.training.loop import Progress


def simulate_images(
    population: Population, settings: Preprocessing, progress: Progress | None = None
) -> LabelledImages:
    """Every exam of a population, preprocessed, in order.

    Args:
        population: Whom to simulate; another seed has other women.
        settings: How an exam becomes an image.
        progress: Called after each exam.
    """
    images = reserve_images(population.exams, settings.size)
    for place in range(population.exams):
        exam, _ = simulate_exam(population, place)
        stack = preprocess(exam, settings)
        place_exam(images, place, stack, int(exam.label), exam.patient_id)
        if progress:
            progress(place + 1, population.exams, "simulating exams")
    return images.finish()
