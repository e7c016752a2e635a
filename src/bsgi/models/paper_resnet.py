"""The paper's network: a ResNet-18 stem, its residual stages, two full layers.

Paper: Yu, Dong, Yang, Wang, Wang, Ma: "Deep learning for differentiating benign from
malignant tumors on breast-specific gamma image", Technology and Health Care 2023.
https://doi.org/10.3233/THC-236007 (section 2.2 and Fig. 2).

Trunk: He, Zhang, Ren, Sun: "Deep residual learning for image recognition", CVPR 2016.
https://doi.org/10.1109/CVPR.2016.90

What is ours, since the paper leaves it open:
- "Three ResNet18 (ResBlock)" is read as the stem and the first three residual stages
  (64, 128, 256 channels, two basic blocks each). Four stages are the second reading.
- Global average pooling before the full layers, as in ResNet-18.
- 128 units between the two full layers.

Origin of code: residual blocks from MONAI (Apache-2.0); the rest is written here. The
parameters have torchvision's names, so that ImageNet weights of a ResNet-18 fit.
"""

import torch
from jaxtyping import Float
from monai.networks.nets.resnet import ResNetBlock
from torch import Tensor, nn

from bsgi.models.network import (
    Network,
    Output,
    draw_weights,
    untouched_global_rng,
)

STAGE_CHANNELS = (64, 128, 256, 512)
"""Channels of the residual stages of a ResNet-18."""


class PaperResNet(Network):
    """Four views stacked as channels, a ResNet-18 trunk, a decision for the exam.

    Args:
        stages: Residual stages, 3 (the default reading) or 4 (the whole trunk).
        hidden: Units between the two full layers.
        views: Channels of the input.
        seed: Seed of the first weights; PyTorch's global state is left as it was.

    Raises:
        ValueError: If `stages` is neither 3 nor 4, or another number is not positive.

    References:
        He, Zhang, Ren, Sun: "Delving deep into rectifiers", ICCV 2015, for the first
        weights. https://doi.org/10.1109/ICCV.2015.123
    """

    def __init__(
        self, *, stages: int = 3, hidden: int = 128, views: int = 4, seed: int = 0
    ) -> None:
        if stages not in (3, 4):
            raise ValueError(f"stages must be 3 or 4, got {stages}.")
        if hidden < 1 or views < 1:
            raise ValueError(
                f"hidden and views must be positive, got {hidden} and {views}."
            )
        super().__init__()
        self.heat_map_layer = f"layer{stages}"
        width = STAGE_CHANNELS[stages - 1]
        with untouched_global_rng():
            self.conv1 = nn.Conv2d(views, 64, 7, stride=2, padding=3, bias=False)
            self.bn1 = nn.BatchNorm2d(64)
            self.relu = nn.ReLU(inplace=True)
            self.maxpool = nn.MaxPool2d(3, stride=2, padding=1)
            self.stage_names = [f"layer{number + 1}" for number in range(stages)]
            for number, name in enumerate(self.stage_names):
                self.add_module(name, _stage(number))
            self.fc1 = nn.Linear(width, hidden)
            self.fc2 = nn.Linear(hidden, len(Output))
        draw_weights(self, torch.Generator().manual_seed(seed))

    def features(
        self, images: Float[Tensor, "exam view row col"]
    ) -> Float[Tensor, "exam channel map_row map_col"]:
        """Maps of the last residual stage, after its last ReLU."""
        # Pooling first gives the same numbers as ReLU first, both being monotonic, and
        # leaves ReLU a quarter of the pixels.
        maps: Tensor = self.relu(self.maxpool(self.bn1(self.conv1(images))))
        for name in self.stage_names:
            maps = self.get_submodule(name)(maps)
        return maps

    def classify(
        self, maps: Float[Tensor, "exam channel map_row map_col"]
    ) -> Float[Tensor, "exam 2"]:
        """Global average pooling and the two full layers."""
        pooled = maps.mean(dim=(2, 3))
        logits: Tensor = self.fc2(torch.relu(self.fc1(pooled)))
        return logits


def _stage(number: int) -> nn.Sequential:
    """One residual stage of two basic blocks, as torchvision arranges it."""
    before = STAGE_CHANNELS[max(number - 1, 0)]
    after = STAGE_CHANNELS[number]
    stride = 1 if number == 0 else 2
    shortcut = None
    if number > 0:
        shortcut = nn.Sequential(
            nn.Conv2d(before, after, 1, stride=stride, bias=False),
            nn.BatchNorm2d(after),
        )
    return nn.Sequential(
        ResNetBlock(before, after, spatial_dims=2, stride=stride, downsample=shortcut),
        ResNetBlock(after, after, spatial_dims=2),
    )
