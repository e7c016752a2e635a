"""Grad-CAM by a backward pass, by two libraries that know nothing of ours."""

import numpy as np
import torch
from captum.attr import LayerGradCam
from jaxtyping import Float32
from monai.visualize.class_activation_maps import GradCAM

from bsgi.models.network import Output
from bsgi.models.paper_resnet import PaperResNet


def monai_maps(
    network: PaperResNet, images: Float32[np.ndarray, "exam 4 row col"]
) -> Float32[np.ndarray, "exam 2 map_row map_col"]:
    """MONAI's maps for both diagnoses, neither stretched nor enlarged."""
    reference = GradCAM(
        nn_module=network,
        target_layers=network.heat_map_layer,
        postprocessing=lambda maps: maps,
        upsampler=lambda size: lambda maps: maps,
    )
    found = [
        torch.cat(
            [reference(x=image[None], class_idx=int(output)) for output in Output],
            dim=1,
        )
        for image in torch.from_numpy(images)
    ]
    return torch.cat(found).detach().numpy()


def captum_maps(
    network: PaperResNet, images: Float32[np.ndarray, "exam 4 row col"]
) -> Float32[np.ndarray, "exam 2 map_row map_col"]:
    """Captum's maps for both diagnoses."""
    layer = network.get_submodule(network.heat_map_layer)
    explainer = LayerGradCam(network, layer)
    found = [
        explainer.attribute(
            torch.from_numpy(images), target=int(output), relu_attributions=True
        )
        for output in Output
    ]
    return torch.cat(found, dim=1).detach().numpy()
