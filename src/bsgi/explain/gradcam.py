"""Grad-CAM: where in the feature maps the evidence for a diagnosis lies.

Each channel of the last feature maps is weighted by the mean gradient of the logit with
respect to it; the weighted sum, where it is positive, is the map. It is not stretched:
a map without evidence looks empty, and maps of two exams can be compared.

One map is shared by the views of an exam when a network stacks them as channels: it
cannot say which view, or which breast, the evidence came from.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import torch
from jaxtyping import Float32
from torch import Tensor

from bsgi.models.network import Network, Output


@dataclass(frozen=True, slots=True)
class GradCam:
    """Heat maps of some exams, and the logits that they explain.

    Args:
        benign: Evidence for benign, in units of its logit per map pixel; not negative.
        malignant: The same for malignant.
        logits: Benign and malignant, as the network gives them.
    """

    benign: Float32[Tensor, "exam map_row map_col"]
    malignant: Float32[Tensor, "exam map_row map_col"]
    logits: Float32[Tensor, "exam 2"]

    @property
    def scores(self) -> Float32[Tensor, " exam"]:
        """Softmax score of malignant, as predictions have it."""
        return torch.softmax(self.logits, dim=1)[:, Output.MALIGNANT]


def explain_gradcam(
    network: Network, images: Float32[Tensor, "exam view row col"]
) -> GradCam:
    """Grad-CAM of both diagnoses, in float32, as the trained network sees the exams.

    Args:
        network: A trained network; its mode and its gradients are left as they were.
        images: Preprocessed exams.

    Returns:
        Maps at the resolution of the last feature maps, covering the whole image.

    References:
        Selvaraju, Cogswell, Das, Vedantam, Parikh, Batra: "Grad-CAM: visual
        explanations from deep networks via gradient-based localization",
        International Journal of Computer Vision 2020, equations 1 and 2.
        https://doi.org/10.1007/s11263-019-01228-7
    """
    with _as_trained(network), torch.autocast("cpu", enabled=False):
        with torch.no_grad():
            maps = network.features(images)
        maps.requires_grad_()
        with torch.enable_grad():
            logits = network.classify(maps)
            benign = _weighted_maps(maps, logits, Output.BENIGN)
            malignant = _weighted_maps(maps, logits, Output.MALIGNANT)
    return GradCam(benign, malignant, logits.detach())


def _weighted_maps(
    maps: Float32[Tensor, "exam channel map_row map_col"],
    logits: Float32[Tensor, "exam 2"],
    output: Output,
) -> Float32[Tensor, "exam map_row map_col"]:
    """Equations 1 and 2: weights by averaged gradients, ReLU of the weighted sum."""
    # Exams do not act on each other, so the sum has each exam's own gradient.
    target = logits[:, output].sum()
    (gradient,) = torch.autograd.grad(target, maps, retain_graph=True)
    weights = gradient.mean(dim=(2, 3), keepdim=True)
    return torch.relu((weights * maps).sum(dim=1)).detach()


@contextmanager
def _as_trained(network: Network) -> Iterator[None]:
    """The network in evaluation mode, and afterwards as it was."""
    training = network.training
    network.eval()
    try:
        yield
    finally:
        network.train(training)
