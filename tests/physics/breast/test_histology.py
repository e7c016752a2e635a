import numpy as np
import pytest

from bsgi.physics.breast.histology import HISTOLOGIES, Forms, LogNormal


def test_log_normals_have_their_median_and_spread() -> None:
    rng = np.random.default_rng(1)
    wide = LogNormal(10.0, 1.6, 0.1, 1000.0)
    logs = np.log([wide.draw(rng) for _ in range(4000)])
    assert np.exp(np.median(logs)) == pytest.approx(10.0, rel=0.04)
    assert np.exp(np.std(logs)) == pytest.approx(1.6, rel=0.04)
    narrow = LogNormal(10.0, 3.0, 8.0, 12.0)
    drawn = [narrow.draw(rng) for _ in range(200)]
    assert 8.0 <= min(drawn) <= max(drawn) <= 12.0
    assert LogNormal(3.0, 1.0, 1.0, 4.0).draw(rng) == 3.0


@pytest.mark.parametrize("name", HISTOLOGIES)
def test_labels_and_forms_follow_the_histology(name: str) -> None:
    histology = HISTOLOGIES[name]
    assert histology.name == name
    assert histology.malignant is (name in {"IDC", "ILC", "DCIS", "mucinous carcinoma"})
    assert not histology.invasive or histology.malignant
    assert 0 < histology.invisible < 1
    assert sum(histology.forms.shares) == pytest.approx(1.0)
    assert histology.ratio.lowest == pytest.approx(1.3)


def test_what_is_known_of_single_histologies_is_kept() -> None:
    invisible = {name: each.invisible for name, each in HISTOLOGIES.items()}
    assert (invisible["ILC"], invisible["DCIS"]) == (0.15, 0.10)
    assert not HISTOLOGIES["DCIS"].invasive
    medians = {name: each.ratio.median for name, each in HISTOLOGIES.items()}
    assert medians["IDC"] > medians["ILC"]  # F: ductal ones are hotter


def test_impossible_distributions_are_refused() -> None:
    with pytest.raises(ValueError, match="median must lie between its limits"):
        LogNormal(5.0, 1.5, 6.0, 10.0)
    with pytest.raises(ValueError, match="spread must be at least 1"):
        LogNormal(5.0, 0.5, 1.0, 10.0)
    with pytest.raises(ValueError, match="shares of forms must sum to 1"):
        Forms(0.5, 0.2)
