"""How a study parts its patients into training and testing, again and again."""

from enum import StrEnum


class Design(StrEnum):
    """Ways to test methods on patients that they were not trained on.

    - ``SINGLE``: one split of the patients, the training repeated with other seeds.
    - ``FOLDS``: every patient tested once per repeat, by cross-validation.
    - ``SITES``: each hospital tested by a model trained on the others.
    - ``PERIODS``: each later period tested by a model trained on the earlier ones.
    - ``SIZES``: one test set, trained on more and more patients: a learning curve.
    """

    SINGLE = "single"
    FOLDS = "folds"
    SITES = "site"
    PERIODS = "time"
    SIZES = "sizes"
