import importlib.util
import socket

import pytest

from bsgi.errors import ConfigError
from bsgi.training.study.cluster import Address, check_cluster, parse_cluster


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("dask://head:8786", Address("dask", "head", 8786)),
        ("ray://10.0.0.1:10001", Address("ray", "10.0.0.1", 10001)),
        (
            "dask://node-1.example.org:8786/",
            Address("dask", "node-1.example.org", 8786),
        ),
        ("ray://[::1]:10001", Address("ray", "::1", 10001)),
    ],
)
def test_an_address_has_three_parts(url: str, address: Address) -> None:
    assert parse_cluster(url) == address


@pytest.mark.parametrize(
    "url",
    ["dask", "dask://head", "spark://head:1", "ray://:1", "dask://head:0",
     "dask://head:99999", "tcp://head:8786", "dask://head:8786/x", ""],
)  # fmt: skip
def test_anything_else_is_refused(url: str) -> None:
    with pytest.raises(ConfigError, match=r"must be dask://HOST:PORT .* or ray://HOST"):
        parse_cluster(url)


def test_where_nothing_listens_the_line_says_so() -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
    with pytest.raises(
        ConfigError, match=f"nothing answers at dask://127.0.0.1:{port}"
    ):
        check_cluster(f"dask://127.0.0.1:{port}")
    with pytest.raises(ConfigError, match=r"nothing answers at ray://no-such-host\."):
        check_cluster("ray://no-such-host.invalid:10001")


@pytest.mark.parametrize(("kind", "package"), [("dask", "distributed"), ("ray", "ray")])
def test_a_missing_package_is_named(
    monkeypatch: pytest.MonkeyPatch, kind: str, package: str
) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(ConfigError, match=f"needs the package {package}, which is not"):
        check_cluster(f"{kind}://head:1234")
