"""`make setup`: make the virtual environment .venv, with the pinned packages of a file.

It uses the standard library only, because the packages are not there yet. Any Python of the machine may start it. So
its syntax is old: then an old Python, too, can say what is wrong.
"""

import os
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
VENV = os.path.join(ROOT, ".venv")
STAMPS = {"requirements.txt": "installed.txt", "common/tooling/requirements-notebooks.txt": "notebooks.txt"}
PYTHONS = ((3, 11), (3, 12), (3, 13))  # the pinned TensorFlow has wheels for these


def main(name="requirements.txt"):
    """Create .venv and install the packages of the file `name`. The program ends with a message when this fails.

    The stamp of the file is written last, so that make repeats a broken install.
    """
    if sys.version_info[:2] not in PYTHONS:
        wanted = ", ".join("%d.%d" % version for version in PYTHONS)
        sys.exit(
            "setup stopped: TensorFlow has wheels for Python %s; this is %d.%d (%s). "
            "Name another one: make PYTHON=python3.12"
            % (wanted, sys.version_info[0], sys.version_info[1], sys.executable)
        )
    python = os.path.join(VENV, "Scripts", "python.exe") if os.name == "nt" else os.path.join(VENV, "bin", "python")
    requirements = os.path.join(ROOT, name)
    stamp = os.path.join(VENV, STAMPS[name])
    for what, command in (
        ("make .venv (on Debian and Ubuntu the package python3-venv is needed)", [sys.executable, "-m", "venv", VENV]),
        (
            "install %s (is the package registry within reach?)" % name,
            [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", requirements],
        ),
    ):
        if subprocess.call(command) != 0:
            sys.exit("setup stopped: could not %s. The lines above say why." % what)
    with open(requirements, "rb") as source, open(stamp + ".part", "wb") as copy:
        copy.write(source.read())
    os.replace(stamp + ".part", stamp)
    sys.stderr.write("setup: .venv is ready\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
