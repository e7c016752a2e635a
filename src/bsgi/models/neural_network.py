"""The paper's first baseline: a multilayer perceptron on the downsampled views.

Paper: Yu, Dong, Yang, Wang, Wang, Ma: "Deep learning for differentiating benign from
malignant tumors on breast-specific gamma image", Technology and Health Care 2023.
https://doi.org/10.3233/THC-236007 (section 2.3).

The paper says "the neural network method [13]" and no more. Its reference numbers are
shifted by one from the works that they describe: [13] is a skip-connected convolutional
autoencoder for circuit boards, and [14], which it cites for Grad-CAM, is a recurrent
wavelet Elman network for breast tumours, which would fit. Neither work tells how images
of four views would enter it. So the reading here is the plainest thing of that name:
each view pooled to a small grid, every number standardised, one or two hidden layers.

Reference: Rumelhart, Hinton, Williams: "Learning representations by back-propagating
errors", Nature 1986. https://doi.org/10.1038/323533a0
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from bsgi.models.network import (
    Classifier,
    Output,
    draw_weights,
    pool_to_grid,
    untouched_global_rng,
)

SMALLEST_SPREAD = 0.1
"""An input that varies less than this share of all inputs' spread is not blown up."""


class NeuralNetwork(Classifier):
    """Four views pooled to a grid, as one row of standardised numbers.

    Mean and standard deviation of each number come from the training exams (`adapt`)
    and belong to the network's state.

    Args:
        grid: Rows and columns to which each view is pooled.
        hidden: Units of each hidden layer.
        views: Channels of the input.
        seed: Seed of the first weights; PyTorch's global state is left as it was.

    Raises:
        ValueError: If there is no hidden layer, or a number is not positive.
    """

    grid: int
    mean: Tensor
    spread: Tensor

    def __init__(
        self,
        *,
        grid: int = 16,
        hidden: tuple[int, ...] = (32,),
        views: int = 4,
        seed: int = 0,
    ) -> None:
        if not hidden or min(grid, views, *hidden) < 1:
            raise ValueError(
                "grid, views and at least one hidden layer must be positive, got "
                f"{grid}, {views} and {hidden}."
            )
        super().__init__()
        self.grid = grid
        inputs = views * grid * grid
        self.register_buffer("mean", torch.zeros(inputs))
        self.register_buffer("spread", torch.ones(inputs))
        layers: list[nn.Module] = []
        with untouched_global_rng():
            for before, after in zip((inputs, *hidden), hidden, strict=False):
                layers += [nn.Linear(before, after), nn.ReLU()]
            layers.append(nn.Linear(hidden[-1], len(Output)))
        self.layers = nn.Sequential(*layers)
        draw_weights(self, torch.Generator().manual_seed(seed))

    def adapt(self, images: Float[Tensor, "exam view row col"]) -> None:
        """Take mean and standard deviation of each input from the training exams."""
        inputs = self._pool(images)
        spread = inputs.std(dim=0, correction=0)
        # A corner of the field that is empty in nearly every exam would otherwise
        # count most in the one exam where it is not.
        least = SMALLEST_SPREAD * float(spread.square().mean().sqrt())
        self.mean.copy_(inputs.mean(dim=0))
        self.spread.copy_(spread.clamp(min=least or 1.0))

    def forward(
        self, images: Float[Tensor, "exam view row col"]
    ) -> Float[Tensor, "exam 2"]:
        """The logits of benign and malignant."""
        logits: Tensor = self.layers((self._pool(images) - self.mean) / self.spread)
        return logits

    def _pool(
        self, images: Float[Tensor, "exam view row col"]
    ) -> Float[Tensor, "exam number"]:
        """The mean of each field of the grid; small images stay as they are."""
        return pool_to_grid(images, self.grid).flatten(1)
