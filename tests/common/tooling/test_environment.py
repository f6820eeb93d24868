"""What `make setup` and `make notebooks` install: files that are there, with every version pinned."""

import importlib.util
import os
import re
import subprocess
import sys
import zipfile

import pytest

from common.paths import ROOT
from common.tooling import environment


@pytest.mark.parametrize("name", environment.STAMPS)
def test_each_file_is_there_and_pins_every_version(name):
    lines = [line.partition("#")[0].strip() for line in (ROOT / name).read_text(encoding="utf-8").splitlines()]
    for line in filter(None, lines):
        if line.startswith("-c "):
            assert ((ROOT / name).parent / line[3:]).resolve() == ROOT / "requirements.txt"
        else:
            assert re.fullmatch(r"[\w.\[\]-]+==[\w.]+(; .+)?", line), line


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
    """Install a package of this test's own: pip says with --report and --dry-run where it would go, or goes there."""
    elsewhere, here = tmp_path / "elsewhere", tmp_path / "venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", here], check=True)
    wheel = tmp_path / "tiny-1.0-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as packed:
        packed.writestr("tiny.py", "")
        packed.writestr("tiny-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: tiny\nVersion: 1.0\n")
        packed.writestr("tiny-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        packed.writestr("tiny-1.0.dist-info/RECORD", "")
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
    assert environment.without_other_places({**kept, "PIP_USER": "1", "PYTHONPATH": "x"}) == kept
