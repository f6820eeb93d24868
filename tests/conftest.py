"""Options and fixtures of all tests: the real data, given on the command line or not there."""

from pathlib import Path

import pytest

from common.files import with_home
from data import builtin


def pytest_addoption(parser):
    parser.addoption("--data", metavar="DIR", help="folder with the real data; without it those tests are skipped")


def pytest_collection_modifyitems(config, items):
    if config.getoption("--data"):
        return
    skip = pytest.mark.skip(reason="needs the real data: make test DATA=dir")
    for item in items:
        if item.get_closest_marker("real_data"):
            item.add_marker(skip)


@pytest.fixture(scope="session")
def real_data(request):
    """The folder with the real data."""
    return Path(with_home(request.config.getoption("--data")))


@pytest.fixture(scope="session")
def builtin_digits(tmp_path_factory):
    """A folder with the built-in digits as IDX files."""
    folder = tmp_path_factory.mktemp("builtin") / "mnist"
    builtin.write_mnist(folder)
    return folder


@pytest.fixture(scope="session")
def builtin_tracks():
    """The folder with the built-in tracks: made once, since that takes half a minute, where `make` has them."""
    builtin.write_sets(["genres"])
    return builtin.ROOT / "genres"
