"""The paper's second baseline: stacked autoencoders of patches, then a classifier.

Paper: Yu, Dong, Yang, Wang, Wang, Ma: "Deep learning for differentiating benign from
malignant tumors on breast-specific gamma image", Technology and Health Care 2023.
https://doi.org/10.3233/THC-236007 (section 2.3).

Method: Ben Abdallah, Ejbali, Zaied: "Classification of medical images based on deep
stacked patched auto-encoders", Multimedia Tools and Applications 2020.
https://doi.org/10.1007/s11042-020-09056-5

Layer-wise training: Bengio, Lamblin, Popovici, Larochelle: "Greedy layer-wise training
of deep networks", NIPS 2006. https://doi.org/10.7551/mitpress/7503.003.0024

Each view is pooled to a grid and cut into patches. One autoencoder, the same for all
patches of all views, learns to give the pixels of a patch back; a second one learns to
give back what the first has in its hidden layer; then both learn together. A softmax
layer on the codes is trained with the labels, and the encoder with it.

What is ours, since the paper leaves it open: all sizes, the joint step, and what the
classifier sees. A lesion may lie anywhere in either breast, so by default the largest,
smallest and mean value of each number of the code are taken over the patches of a view,
and of those the largest and the mean over the four views. Codes side by side, or pooled
per view only, are settings; the shipped recipe has the figures that decided.
"""

from itertools import chain, pairwise
from typing import Literal

import torch
from jaxtyping import Float
from torch import Tensor, nn

from bsgi.models.network import (
    Output,
    Pretrained,
    pool_to_grid,
    untouched_global_rng,
)

Pooling = Literal["none", "view", "exam"]
"""Codes of all patches side by side; pooled over each view; pooled over the exam."""

JOINT = 2
"""The step of pre-training in which both autoencoders learn together."""

_SLOPE = 0.1
"""Slope of the leaky ReLU below zero: no unit of so few may die."""


class StackedAutoencoder(Pretrained):
    """Two stacked autoencoders of patches, and a softmax classifier on their codes.

    What pre-training learned (`encoders`, `decoders`) is kept beside the encoder that
    the labels change (`tuned`).

    Args:
        grid: Rows and columns to which each view is pooled.
        patch: Rows and columns of a patch; divides the grid.
        hidden: Units of the first autoencoder.
        code: Units of the second, the numbers that stand for a patch.
        pooling: What the classifier sees.
        views: Channels of the input.
        seed: Seed of the first weights; PyTorch's global state is left as it was.

    Raises:
        ValueError: If the grid is no multiple of the patch, or a number not positive.
    """

    pretraining_steps = 3
    grid: int
    centre: Tensor
    scale: Tensor
    code_mean: Tensor
    code_spread: Tensor

    def __init__(
        self,
        *,
        grid: int = 64,
        patch: int = 8,
        hidden: int = 64,
        code: int = 8,
        pooling: Pooling = "exam",
        views: int = 4,
        seed: int = 0,
    ) -> None:
        if min(grid, patch, hidden, code, views) < 1 or grid % patch:
            raise ValueError(
                "all sizes must be positive and the grid a multiple of the patch, got "
                f"grid {grid}, patch {patch}, hidden {hidden}, code {code}, views "
                f"{views}."
            )
        super().__init__()
        self.grid = grid
        self.patch = patch
        self.code = code
        self.pooling = pooling
        sizes = (patch * patch, hidden, code)
        seen = {
            "none": views * (grid // patch) ** 2 * code,
            "view": views * 3 * code,
            "exam": 2 * 3 * code,
        }[pooling]
        self.register_buffer("centre", torch.zeros(()))
        self.register_buffer("scale", torch.ones(()))
        self.register_buffer("code_mean", torch.zeros(seen))
        self.register_buffer("code_spread", torch.ones(seen))
        with untouched_global_rng():
            self.encoders = _stack(sizes)
            self.decoders = _stack(sizes[::-1])
            self.tuned = _stack(sizes)
            self.classifier = nn.Linear(seen, len(Output))
        _draw_weights(self, torch.Generator().manual_seed(seed))

    def adapt(self, images: Float[Tensor, "exam view row col"]) -> None:
        """Take mean and standard deviation of all pixels from the training exams."""
        pixels = pool_to_grid(images, self.grid)
        spread = float(pixels.std(correction=0))
        self.centre.fill_(float(pixels.mean()))
        self.scale.fill_(spread if spread > 0 else 1.0)

    def forward(
        self, images: Float[Tensor, "exam view row col"]
    ) -> Float[Tensor, "exam 2"]:
        """The logits of benign and malignant, by the encoder that the labels tuned."""
        seen = (self._describe(images) - self.code_mean) / self.code_spread
        logits: Tensor = self.classifier(seen)
        return logits

    def supervised_parameters(self) -> list[tuple[str, nn.Parameter]]:
        """The tuned encoder and the classifier."""
        return _named(self, "tuned", "classifier")

    def pretraining_parameters(self, step: int) -> list[tuple[str, nn.Parameter]]:
        """One autoencoder, or in the joint step both."""
        if step == JOINT:
            return _named(self, "encoders", "decoders")
        # The decoders stand in the order in which they are used, the inner one first.
        return _named(self, f"encoders.{step}", f"decoders.{1 - step}")

    def pretraining_loss(
        self, step: int, images: Float[Tensor, "exam view row col"]
    ) -> Float[Tensor, ""]:
        """Mean squared error in units of the pixels' spread, or of the hidden layer."""
        patches = self._cut(images)
        outer_encoder, inner_encoder = self.encoders
        inner_decoder, outer_decoder = self.decoders
        if step == JOINT:
            return nn.functional.mse_loss(self._decode(self._encode(patches)), patches)
        if step == 0:
            given_back = outer_decoder(_bend(outer_encoder(patches)))
            return nn.functional.mse_loss(given_back, patches)
        with torch.no_grad():
            units = _bend(outer_encoder(patches))
        given_back = _bend(inner_decoder(inner_encoder(units)))
        return nn.functional.mse_loss(given_back, units)

    @torch.no_grad()
    def take_over(self, images: Float[Tensor, "exam view row col"]) -> None:
        """Copy the encoder; take mean and spread of its codes from the exams."""
        self.tuned.load_state_dict(self.encoders.state_dict())
        seen = self._describe(images)
        spread = seen.std(dim=0, correction=0)
        self.code_mean.copy_(seen.mean(dim=0))
        self.code_spread.copy_(torch.where(spread > 1e-6, spread, 1.0))

    def reconstruct(
        self, images: Float[Tensor, "exam view row col"]
    ) -> Float[Tensor, "exam view grid grid"]:
        """Exams at the resolution of the grid, from their codes alone."""
        patches = self._decode(self._encode(self._cut(images)))
        return self.join(patches) * self.scale + self.centre

    def cut(
        self, images: Float[Tensor, "exam view row col"]
    ) -> Float[Tensor, "exam view patch pixel"]:
        """The patches of exams, pooled to the grid, row by row.

        Args:
            images: Preprocessed exams.
        """
        pixels = pool_to_grid(images, self.grid)
        exams, views = pixels.shape[:2]
        side = self.grid // self.patch
        cells = pixels.reshape(exams, views, side, self.patch, side, self.patch)
        return cells.transpose(3, 4).reshape(exams, views, side**2, self.patch**2)

    def join(
        self, patches: Float[Tensor, "exam view patch pixel"]
    ) -> Float[Tensor, "exam view grid grid"]:
        """Exams from their patches, the reverse of `cut`.

        Args:
            patches: All patches of each view.
        """
        exams, views = patches.shape[:2]
        side = self.grid // self.patch
        cells = patches.reshape(exams, views, side, side, self.patch, self.patch)
        return cells.transpose(3, 4).reshape(exams, views, self.grid, self.grid)

    def _cut(
        self, images: Float[Tensor, "exam view row col"]
    ) -> Float[Tensor, "exam view patch pixel"]:
        """Patches on the scale that the autoencoders see."""
        return (self.cut(images) - self.centre) / self.scale

    def _encode(
        self, patches: Float[Tensor, "exam view patch pixel"]
    ) -> Float[Tensor, "exam view patch code"]:
        outer, inner = self.encoders
        code: Tensor = inner(_bend(outer(patches)))
        return code

    def _decode(
        self, codes: Float[Tensor, "exam view patch code"]
    ) -> Float[Tensor, "exam view patch pixel"]:
        inner, outer = self.decoders
        patches: Tensor = outer(_bend(inner(codes)))
        return patches

    def _describe(
        self, images: Float[Tensor, "exam view row col"]
    ) -> Float[Tensor, "exam number"]:
        """What the classifier sees of exams, not yet standardised."""
        outer, inner = self.tuned
        codes: Tensor = inner(_bend(outer(self._cut(images))))
        if self.pooling == "none":
            return codes.flatten(1)
        pooled = torch.cat([codes.amax(2), codes.amin(2), codes.mean(2)], dim=2)
        if self.pooling == "view":
            return pooled.flatten(1)
        return torch.cat([pooled.amax(1), pooled.mean(1)], dim=1)


def _stack(sizes: tuple[int, ...]) -> nn.ModuleList:
    """Full layers from each size to the next."""
    return nn.ModuleList(nn.Linear(before, after) for before, after in pairwise(sizes))


def _draw_weights(network: nn.Module, generator: torch.Generator) -> None:
    """Uniform first weights up to 1 / sqrt(inputs), for every full layer in order.

    He's, which are larger by a factor of 2.4, left the error on new exams a third
    larger after the same steps.
    """
    for module in network.modules():
        if isinstance(module, nn.Linear):
            most = module.in_features**-0.5
            nn.init.uniform_(module.weight, -most, most, generator=generator)
            nn.init.zeros_(module.bias)


def _bend(values: Float[Tensor, "*any"]) -> Float[Tensor, "*any"]:
    """The nonlinearity between the layers."""
    return nn.functional.leaky_relu(values, _SLOPE)


def _named(network: nn.Module, *modules: str) -> list[tuple[str, nn.Parameter]]:
    """The parameters of some modules by their names in the whole network."""
    return list(
        chain.from_iterable(
            network.get_submodule(module).named_parameters(prefix=module)
            for module in modules
        )
    )
