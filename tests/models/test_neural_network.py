import numpy as np
import pytest
import torch
from sklearn.neural_network import MLPClassifier
from sklearn.preprocessing import StandardScaler

from bsgi.models.neural_network import NeuralNetwork


def some_images(exams: int = 20) -> torch.Tensor:
    return torch.rand(exams, 4, 32, 32, generator=torch.Generator().manual_seed(2))


def test_it_is_scikit_learns_perceptron_on_standardised_means() -> None:
    """The same weights put into both give the same probabilities."""
    network = NeuralNetwork(grid=4, hidden=(7, 5), seed=3).eval()
    images = some_images()
    network.adapt(images)
    cells = images.numpy().reshape(20, 4, 4, 8, 4, 8).mean(axis=(3, 5)).reshape(20, -1)
    peer = MLPClassifier(hidden_layer_sizes=(7, 5), max_iter=1)
    with pytest.warns(UserWarning, match="Maximum iterations"):
        peer.fit(cells, np.arange(20) % 2)
    layers = [each for each in network.layers if isinstance(each, torch.nn.Linear)]
    weights = [each.weight.detach().numpy().astype(float) for each in layers]
    biases = [each.bias.detach().numpy().astype(float) for each in layers]
    # Theirs has one logistic output, the difference of our two.
    weights[-1] = weights[-1][1:] - weights[-1][:1]
    biases[-1] = biases[-1][1:] - biases[-1][:1]
    peer.coefs_, peer.intercepts_ = [each.T for each in weights], biases
    expected = peer.predict_proba(StandardScaler().fit_transform(cells))[:, 1]
    with torch.no_grad():
        ours = torch.softmax(network(images), dim=1)[:, 1].numpy()
    np.testing.assert_allclose(ours, expected, rtol=1e-4)


def test_an_input_that_hardly_varies_is_not_blown_up() -> None:
    images = some_images()
    images[:, 0, :8, :8] = 0.0
    images[0, 0, :8, :8] = 1e-4
    network = NeuralNetwork(grid=4)
    network.adapt(images)
    usual = float(network.spread.median())
    assert float(network.spread[0]) > 0.05 * usual
    blank = NeuralNetwork(grid=4).eval()
    blank.adapt(torch.zeros(5, 4, 32, 32))
    with torch.no_grad():
        assert torch.isfinite(blank(some_images())).all()


@pytest.mark.parametrize(
    "settings", [{"grid": 0}, {"hidden": ()}, {"hidden": (8, 0)}, {"views": 0}]
)
def test_impossible_settings_are_named(settings: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="must be positive, got "):
        NeuralNetwork(**settings)  # type: ignore[arg-type]
