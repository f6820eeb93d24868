"""`make setup`: which Python it accepts, and that it installs the bytes of the lock and no others."""

import base64
import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path
from types import SimpleNamespace

import pytest

from common.paths import ROOT
from common.tooling import environment

NAME = "tiny.lock"


def tiny_wheel(folder):
    """Write a wheel of one module into `folder`, and return its path."""
    info = "tiny-1.0.dist-info"
    files = {
        "tiny.py": b"value = 1\n",
        f"{info}/METADATA": b"Metadata-Version: 2.1\nName: tiny\nVersion: 1.0\n",
        f"{info}/WHEEL": b"Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = [f"{info}/RECORD,,"]
    for name, content in files.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
        record.append(f"{name},sha256={digest},{len(content)}")
    path = folder / "tiny-1.0-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as wheel:
        for name, content in {**files, f"{info}/RECORD": "\n".join(record).encode()}.items():
            wheel.writestr(name, content)
    return path


@pytest.fixture(scope="module")
def venv(tmp_path_factory):
    """Make one empty .venv for the tests of this module."""
    folder = tmp_path_factory.mktemp("venv") / ".venv"
    subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    return folder


@pytest.fixture
def project(tmp_path, monkeypatch, venv):
    """Make a project with an empty .venv, and let pip look for packages in its folder `wheels` alone."""
    (tmp_path / "wheels").mkdir()
    shutil.copytree(venv, tmp_path / ".venv", symlinks=True)
    monkeypatch.setattr(environment, "ROOT", str(tmp_path))
    monkeypatch.setattr(environment, "VENV", str(tmp_path / ".venv"))
    monkeypatch.setattr(environment, "STAMPS", {NAME: "installed.txt"})
    for name in [name for name in os.environ if name.startswith("PIP_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path / "wheels"))
    return tmp_path


def lock(project, sha256):
    (project / NAME).write_text(f"# A comment.\ntiny==1.0 \\\n    --hash=sha256:{sha256}\n", encoding="utf-8")


def test_a_wheel_with_the_hash_of_the_lock_is_installed(project, capsys):
    wheel = tiny_wheel(project / "wheels")
    lock(project, hashlib.sha256(wheel.read_bytes()).hexdigest())
    environment.main(NAME)
    assert list((project / ".venv").rglob("site-packages/tiny.py"))
    assert (project / ".venv" / "installed.txt").read_bytes() == (project / NAME).read_bytes()
    assert ".venv is ready" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("terminal", "kind", "quiet"), [(True, "xterm", False), (True, "dumb", True), (False, "xterm", True)]
)
def test_pip_shows_its_own_progress_on_a_terminal_only(project, monkeypatch, terminal, kind, quiet):
    commands = []

    def instead(command, **_):
        commands.append(command)
        return SimpleNamespace(stderr=[], wait=lambda: 0)

    monkeypatch.setattr(environment.subprocess, "Popen", instead)
    monkeypatch.setattr(environment.sys, "stdout", SimpleNamespace(isatty=lambda: terminal))
    monkeypatch.setenv("TERM", kind)
    environment.install("tiny.lock", NAME)
    assert ["--quiet" in command for command in commands] == [quiet]


def test_setup_says_first_how_much_comes(monkeypatch, capsys):
    said = []
    monkeypatch.setattr(environment.subprocess, "call", lambda *_, **__: said.append(capsys.readouterr().err) or 1)
    with pytest.raises(SystemExit, match="could not make"):
        environment.main()
    assert said == [
        f"setup: installing the packages of {environment.LOCK} into .venv ({environment.SIZE}, a minute or two)\n"
    ]
    assert environment.SIZE in (ROOT / "README.md").read_text(encoding="utf-8")


def test_a_wheel_with_other_bytes_stops_the_setup(project, capsys):
    wheel = tiny_wheel(project / "wheels")
    lock(project, hashlib.sha256(wheel.read_bytes()).hexdigest())
    with zipfile.ZipFile(wheel, "a") as changed:
        changed.writestr("more.py", "value = 2\n")
    with pytest.raises(SystemExit) as end:
        environment.main(NAME)
    assert f"bytes are not those of {NAME}" in end.value.code and "cache purge" in end.value.code
    assert "tiny==1.0" in capsys.readouterr().err
    assert not list((project / ".venv").rglob("site-packages/tiny.py"))
    assert not (project / ".venv" / "installed.txt").exists()


def test_a_package_that_the_registry_lacks_stops_the_setup(project):
    lock(project, "0" * 64)
    with pytest.raises(SystemExit, match=r"could not install tiny\.lock .*registry within reach"):
        environment.main(NAME)


@pytest.fixture
def uv(project, monkeypatch):
    """Let make be given UV=1, with a uv that has a cache of its own and looks for packages in the same folder."""
    (program,) = [path for path in Path(sysconfig.get_path("scripts")).glob("uv*") if path.stem == "uv"]
    monkeypatch.setenv("PATH", str(program.parent), prepend=os.pathsep)
    for name in [name for name in os.environ if name.startswith("UV_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("UV_NO_INDEX", "1")
    monkeypatch.setenv("UV_FIND_LINKS", str(project / "wheels"))
    monkeypatch.setenv("UV_CACHE_DIR", str(project / "cache"))
    monkeypatch.setenv("REPLAY_UV", "1")
    return project


def test_uv_installs_the_same_packages_from_the_same_lock(uv, monkeypatch):
    wheel = tiny_wheel(uv / "wheels")
    lock(uv, hashlib.sha256(wheel.read_bytes()).hexdigest())
    monkeypatch.setenv("UV_PYTHON", sys.executable)  # it would install there
    monkeypatch.setenv("UV_SYSTEM_PYTHON", "1")
    environment.main(NAME)
    (record,) = (uv / ".venv").rglob("site-packages/tiny-1.0.dist-info/INSTALLER")
    assert record.read_text() == "uv" and (record.parent.parent / "tiny.py").exists()
    assert (uv / ".venv" / "installed.txt").read_bytes() == (uv / NAME).read_bytes()


@pytest.mark.parametrize("unchecked", [False, True])
def test_uv_refuses_a_wheel_with_other_bytes(uv, monkeypatch, unchecked):
    tiny_wheel(uv / "wheels")
    lock(uv, "0" * 64)
    if unchecked:
        monkeypatch.setenv("UV_NO_VERIFY_HASHES", "1")
    with pytest.raises(SystemExit) as end:
        environment.main(NAME)
    assert f"bytes are not those of {NAME}" in end.value.code and "uv cache clean" in end.value.code
    assert not list((uv / ".venv").rglob("site-packages/tiny.py"))
    assert not (uv / ".venv" / "installed.txt").exists()


def test_a_machine_without_uv_is_told_what_to_do(monkeypatch, tmp_path):
    monkeypatch.setenv("REPLAY_UV", "1")
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(environment.subprocess, "call", lambda *_, **__: pytest.fail("it went on"))
    with pytest.raises(SystemExit) as end:
        environment.main()
    assert "UV=1 needs the program uv" in end.value.code and "pipx install uv" in end.value.code
    assert "leave UV=1 away" in end.value.code


@pytest.mark.parametrize("value", ["0", "yes", "2"])
def test_another_value_of_uv_is_refused(monkeypatch, value):
    monkeypatch.setenv("REPLAY_UV", value)
    monkeypatch.setattr(environment.subprocess, "call", lambda *_, **__: pytest.fail("it went on"))
    with pytest.raises(SystemExit, match=f"expected UV=1, found UV={value}"):
        environment.main()


def test_what_builds_other_packages_is_taken_from_the_lock_first():
    content = b"# A comment.\nalpha==1 \\\n    --hash=sha256:00\nwheel==2 \\\n    --hash=sha256:01\n"
    assert environment.blocks(content, ["wheel"]) == b"wheel==2 \\\n    --hash=sha256:01\n"


@pytest.mark.parametrize("version", [(2, 7, 18), (3, 10, 0), (3, 14, 1)])
def test_a_python_without_tensorflow_is_refused(monkeypatch, version):
    monkeypatch.setattr(environment.sys, "version_info", version)
    monkeypatch.setattr(environment.subprocess, "call", lambda *_, **__: pytest.fail("it went on"))
    with pytest.raises(SystemExit) as end:
        environment.main()
    assert f"this is {version[0]}.{version[1]} (" in end.value.code and "make PYTHON=python3.12" in end.value.code


@pytest.mark.parametrize(
    ("configuration", "variables"),
    [
        ("user = true", {}),
        ("target = {}", {}),
        ("user = true\ntarget = {}", {}),
        ("", {"PIP_USER": "1"}),
        ("", {"PIP_TARGET": "{}"}),
        ("", {"PIP_PREFIX": "{}"}),
        ("", {"PIP_ROOT": "{}"}),
        ("", {"PIP_DRY_RUN": "1"}),
        ("require-virtualenv = true", {"PIP_REQUIRE_VIRTUALENV": "1"}),
    ],
)
def test_a_pip_that_is_set_to_install_elsewhere_installs_into_the_environment(tmp_path, configuration, variables):
    """Install a package of this test's own, and look where it is."""
    elsewhere, here = tmp_path / "elsewhere", tmp_path / "venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", here], check=True)
    wheel = tiny_wheel(tmp_path)
    (tmp_path / "pip.conf").write_text(f"[global]\n{configuration.format(elsewhere)}\n")
    given = {name: value.format(elsewhere) for name, value in variables.items()}
    environ = environment.without_other_places(os.environ | given | {"PIP_CONFIG_FILE": str(tmp_path / "pip.conf")})
    (python,) = [path for path in here.glob("*/python*") if path.stem == "python"]
    (packages,) = [path for path in here.rglob("site-packages") if path.is_dir() and not path.is_symlink()][:1]
    pip = importlib.util.find_spec("pip").submodule_search_locations[0]
    words = [python, pip, "install", *environment.HERE, "--quiet", "--disable-pip-version-check", "--no-index", wheel]
    subprocess.run(words, env=environ, check=True)
    assert (packages / "tiny.py").exists() and not elsewhere.exists()


def test_other_settings_of_pip_stay():
    kept = {"PIP_INDEX_URL": "https://registry", "PIP_CERT": "cert", "HTTPS_PROXY": "proxy", "PATH": "path"}
    assert environment.without_other_places({**kept, "PIP_USER": "1", "PYTHONPATH": "x", "UV_PYTHON": "y"}) == kept
