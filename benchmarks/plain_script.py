"""What a newcomer writes: the paper's network and its training, without any care.

Nothing of `bsgi` trains here; it is what our step is measured against.
"""

import numpy as np
import torch
from jaxtyping import Float, Float64
from torch import Tensor, nn
from torch.nn import functional

from bsgi.training.batches import LabelledImages, shuffle_batches
from bsgi.training.recipe import TrainingTable


class PlainBlock(nn.Module):
    """Basic block of a ResNet.

    Args:
        before: Channels in.
        after: Channels out.
        stride: Step of the first convolution.
    """

    def __init__(self, before: int, after: int, stride: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(before, after, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(after)
        self.conv2 = nn.Conv2d(after, after, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(after)
        self.shortcut = nn.Sequential()
        if stride != 1 or before != after:
            self.shortcut = nn.Sequential(
                nn.Conv2d(before, after, 1, stride, bias=False), nn.BatchNorm2d(after)
            )

    def forward(
        self, x: Float[Tensor, "exam before row col"]
    ) -> Float[Tensor, "exam after new_row new_col"]:
        """Two convolutions and the way round them."""
        out = functional.relu(self.bn1(self.conv1(x)))
        out = self.bn2(self.conv2(out))
        return functional.relu(out + self.shortcut(x))


class PlainNetwork(nn.Module):
    """Stem, three stages, pooling, two full layers."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(4, 64, 7, 2, 3, bias=False)
        self.bn1 = nn.BatchNorm2d(64)
        self.blocks = nn.Sequential(
            PlainBlock(64, 64, 1), PlainBlock(64, 64, 1),
            PlainBlock(64, 128, 2), PlainBlock(128, 128, 1),
            PlainBlock(128, 256, 2), PlainBlock(256, 256, 1),
        )  # fmt: skip
        self.fc1 = nn.Linear(256, 128)
        self.fc2 = nn.Linear(128, 2)
        for module in self.modules():
            if isinstance(module, nn.Conv2d):
                nn.init.kaiming_normal_(module.weight, mode="fan_out")

    def forward(self, x: Float[Tensor, "exam 4 row col"]) -> Float[Tensor, "exam 2"]:
        """Logits of benign and malignant."""
        x = functional.relu(self.bn1(self.conv1(x)))
        x = self.blocks(functional.max_pool2d(x, 3, 2, 1))
        x = functional.adaptive_avg_pool2d(x, 1).flatten(1)
        logits: Tensor = self.fc2(functional.relu(self.fc1(x)))
        return logits


def train_plainly(
    training: TrainingTable, train: LabelledImages, test: LabelledImages, seed: int
) -> Float64[np.ndarray, " exam"]:
    """Train on some exams and score others.

    Args:
        training: Learning rate, epochs and so on.
        train: Exams to learn from.
        test: Exams to score.
        seed: Seed of weights and order.

    Returns:
        Softmax output of malignant for each test exam.
    """
    torch.manual_seed(seed)
    network = PlainNetwork()
    optimizer = torch.optim.SGD(
        network.parameters(), lr=training.learning_rate, momentum=training.momentum,
        weight_decay=training.weight_decay,
    )  # fmt: skip
    criterion = nn.CrossEntropyLoss()
    images = train.images().contiguous()
    for epoch in range(training.epochs):
        for chosen in shuffle_batches(
            len(train), training.batch_size, seed=seed, epoch=epoch
        ):
            index = torch.from_numpy(chosen)
            loss = criterion(network(images[index]), train.labels[index])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    network.eval()
    with torch.no_grad():
        outputs = [network(image[None]) for image in test.images().contiguous()]
    scores = torch.softmax(torch.cat(outputs), dim=1)[:, 1]
    return scores.double().numpy()
