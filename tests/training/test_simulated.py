import numpy as np

from bsgi.exam.preprocess import Preprocessing, preprocess
from bsgi.physics.population.population import Population
from bsgi.physics.simulate import simulate_exam
from bsgi.training.simulated import simulate_images


def test_images_are_those_of_the_exams_in_order() -> None:
    population = Population("easy", "dilon-6800-gp", 4, 2, 740.0, seed=5)
    settings = Preprocessing(size=32)
    seen: list[int] = []
    images = simulate_images(
        population, settings, lambda done, total, text: seen.append(done)
    )
    assert seen == [1, 2, 3, 4]
    for place in range(4):
        exam, _ = simulate_exam(population, place)
        assert int(images.labels[place]) == int(exam.label)
        assert images.patients[place] == exam.patient_id
        found = images.images()[place].numpy()
        np.testing.assert_array_equal(found, preprocess(exam, settings))
