import pytest
import torch
from captum.attr import LayerGradCam
from monai.visualize.class_activation_maps import GradCAM
from torch import Tensor

from bsgi.explain.gradcam import explain_gradcam
from bsgi.models.network import Output
from bsgi.models.paper_resnet import PaperResNet

CASES = pytest.mark.parametrize(
    ("stages", "seed", "exams"), [(3, 0, 1), (3, 1, 5), (4, 2, 3)]
)
OUTPUTS = pytest.mark.parametrize("output", list(Output))


def some_network(stages: int, seed: int) -> PaperResNet:
    """A random network whose batch statistics are not those of a fresh one."""
    network = PaperResNet(stages=stages, seed=seed).train()
    with torch.no_grad():
        network(some_images(4, seed + 100))
    return network.eval()


def some_images(exams: int, seed: int) -> Tensor:
    generator = torch.Generator().manual_seed(seed)
    return torch.rand(exams, 4, 64, 64, generator=generator)


def map_of(network: PaperResNet, images: Tensor, output: Output) -> Tensor:
    cam = explain_gradcam(network, images)
    return cam.malignant if output is Output.MALIGNANT else cam.benign


def assert_equal_maps(ours: Tensor, theirs: Tensor) -> None:
    limit = 1e-5 * float(theirs.abs().max())
    assert ours.shape == theirs.shape
    assert float((ours - theirs).abs().max()) <= limit


@CASES
@OUTPUTS
def test_equal_to_captum(stages: int, seed: int, exams: int, output: Output) -> None:
    network, images = some_network(stages, seed), some_images(exams, seed)
    layer = network.get_submodule(network.heat_map_layer)
    reference = LayerGradCam(network, layer).attribute(
        images, target=int(output), relu_attributions=True
    )
    assert_equal_maps(map_of(network, images, output), reference[:, 0].detach())


@CASES
@OUTPUTS
def test_equal_to_monai(stages: int, seed: int, exams: int, output: Output) -> None:
    network, images = some_network(stages, seed), some_images(exams, seed)
    # MONAI stretches each map to 0..1 and enlarges it unless told otherwise.
    reference = GradCAM(
        nn_module=network,
        target_layers=network.heat_map_layer,
        postprocessing=lambda maps: maps,
        upsampler=lambda size: lambda maps: maps,
    )
    theirs = torch.cat(
        [reference(x=image[None], class_idx=int(output)) for image in images]
    )
    assert_equal_maps(map_of(network, images, output), theirs[:, 0].detach())


@CASES
@OUTPUTS
def test_equal_to_the_closed_form(
    stages: int, seed: int, exams: int, output: Output
) -> None:
    """alpha_c = W1^T (1[h > 0] * w2_c) / (rows * cols), with no backward pass."""
    network, images = some_network(stages, seed), some_images(exams, seed)
    with torch.no_grad():
        maps = network.features(images)
        hidden = network.fc1(maps.mean(dim=(2, 3)))
        active = (hidden > 0).float() * network.fc2.weight[output]
        alpha = active @ network.fc1.weight / (maps.shape[2] * maps.shape[3])
        closed = torch.relu(torch.einsum("nc,ncij->nij", alpha, maps))
    assert_equal_maps(map_of(network, images, output), closed)


def test_logits_and_scores_are_the_networks_own() -> None:
    network, images = some_network(3, 0), some_images(4, 0)
    cam = explain_gradcam(network, images)
    with torch.no_grad():
        logits = network(images)
    torch.testing.assert_close(cam.logits, logits)
    torch.testing.assert_close(cam.scores, torch.softmax(logits, 1)[:, 1])
    assert not cam.malignant.requires_grad
    assert cam.malignant.dtype == torch.float32


def test_a_map_without_evidence_is_empty_and_not_stretched() -> None:
    network, images = some_network(3, 0), some_images(2, 0)
    with torch.no_grad():
        network.fc2.weight[Output.MALIGNANT] = 0.0
    cam = explain_gradcam(network, images)
    assert float(cam.malignant.abs().max()) == 0.0
    assert float(cam.benign.min()) >= 0.0


def test_doubling_the_evidence_doubles_the_map() -> None:
    network, images = some_network(3, 0), some_images(2, 0)
    once = explain_gradcam(network, images).malignant
    with torch.no_grad():
        network.fc2.weight *= 2
    torch.testing.assert_close(explain_gradcam(network, images).malignant, 2 * once)


def test_mode_gradients_and_statistics_stay_as_they_were() -> None:
    network = some_network(3, 0).train()
    statistics = network.bn1.running_mean
    assert statistics is not None
    before = statistics.clone()
    with torch.no_grad(), torch.autocast("cpu", dtype=torch.bfloat16):
        explain_gradcam(network, some_images(2, 0))
    assert network.training
    assert torch.equal(statistics, before)
    assert all(parameter.grad is None for parameter in network.parameters())
