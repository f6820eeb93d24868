"""This module has the options and the fixtures of all tests.

Tests write into a build folder of their own. They read the real data where it is given.
"""

import os
import shutil
import signal
import tempfile
from pathlib import Path

import pytest

from common import errors, paths

signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background ignores it, and so would programs
if hasattr(signal, "SIGHUP"):
    signal.signal(signal.SIGHUP, signal.SIG_DFL)  # nohup ignores it
PROJECT_BUILD, paths.BUILD = paths.BUILD, Path(tempfile.mkdtemp(prefix="replay-tests."))  # before others import it

# In these variables, the other processes of xdist find what the first one was given.
HANDED_ON = {"data": "TESTS_DATA", "book": "TESTS_BOOK"}
DATA, BOOK = (errors.given(option) or os.environ.get(name) for option, name in HANDED_ON.items())
for name in os.environ.keys() - errors.without_given().keys():
    del os.environ[name]  # a chapter that a test starts would take it for its own
os.environ["LANGUAGE"] = "en"  # whatever the language of the shell: tests read the messages

from common.files import with_home
from data import builtin
from tests.support.chapters import SmallChapter


def pytest_addoption(parser):
    parser.addoption(
        "--data", metavar="DIR", default=DATA, help="folder with the real data; without it those tests are skipped"
    )
    parser.addoption(
        "--book", metavar="FILE", default=BOOK, help="text of the book; without it the listings are not read again"
    )


def pytest_configure(config):
    for option, name in HANDED_ON.items():
        if config.getoption(f"--{option}"):
            os.environ[name] = config.getoption(f"--{option}")


def pytest_make_parametrize_id(val):
    """Name bytes by their length: some hold the time, and two processes must give one test the same name."""
    return f"{len(val)}-bytes" if isinstance(val, bytes) else None


def pytest_collection_modifyitems(config, items):
    if config.getoption("--data"):
        return
    skip = pytest.mark.skip(reason="needs the real data: make test DATA=dir")
    for item in items:
        if item.get_closest_marker("real_data"):
            item.add_marker(skip)


def pytest_unconfigure():
    shutil.rmtree(paths.BUILD, ignore_errors=True)


@pytest.fixture(scope="session")
def real_data(request):
    """The folder with the real data."""
    return Path(with_home(request.config.getoption("--data")))


@pytest.fixture(scope="session")
def book_text(request):
    """Return the text of the book, which is not in the repository."""
    if not request.config.getoption("--book"):
        pytest.skip("needs the book's text: make test BOOK=file")
    return Path(with_home(request.config.getoption("--book"))).read_text(encoding="utf-8")


def built_in(name):
    """Return the folder of the built-in data set `name`, made once. What `make` made before is linked instead."""
    if (PROJECT_BUILD / "data" / name).is_dir() and not (builtin.ROOT / name).exists():
        shutil.copytree(PROJECT_BUILD / "data" / name, builtin.ROOT / name, copy_function=_link)
    builtin.write_sets([name])
    return builtin.ROOT / name


def _link(source, target):
    try:
        os.link(source, target)
    except OSError:  # another disk
        shutil.copy2(source, target)


@pytest.fixture(scope="session")
def builtin_digits():
    """The folder with the built-in digits as IDX files."""
    return built_in("mnist")


@pytest.fixture(scope="session")
def builtin_tracks():
    """The folder with the built-in tracks."""
    return built_in("genres")


@pytest.fixture(scope="session")
def builtin_pictures():
    """The folder with the built-in pictures."""
    return built_in("cifar-10-batches-py")


@pytest.fixture(scope="session")
def builtin_text():
    """The folder with the built-in text."""
    return built_in("ptb")


@pytest.fixture
def chapter(tmp_path):
    """A chapter of a few lines, to be called with a command line."""
    return SmallChapter(tmp_path)
