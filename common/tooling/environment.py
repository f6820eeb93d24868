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
# Settings of pip, by environment or configuration, that would install elsewhere than into .venv. Options outdo both.
HERE = ["--no-user", "--target="]
ELSEWHERE = ("USER", "TARGET", "PREFIX", "ROOT", "PYTHON", "DRY_RUN", "REQUIRE_VIRTUALENV")


def without_other_places(environment):
    """Return `environment` as a dict, without the variables that make pip or venv work in another place."""
    names = ["PIP_" + name for name in ELSEWHERE] + ["PYTHONHOME", "PYTHONPATH", "PYTHONSAFEPATH"]
    return {name: value for name, value in environment.items() if name not in names}


def main(name="requirements.txt"):
    """Create .venv and install the packages of the file `name`. The program ends with a message when this fails.

    The stamp of the file is written last, so that make repeats a broken install.
    """
    if sys.stdout is None or sys.stderr is None:  # pip would write into the next file that it opens
        sys.exit("setup stopped: standard output or standard error is closed. Send it to %s instead." % os.devnull)
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
            [python, "-m", "pip", "install", *HERE, "--quiet", "--disable-pip-version-check", "-r", requirements],
        ),
    ):
        if subprocess.call(command, env=without_other_places(os.environ)) != 0:
            sys.exit("setup stopped: could not %s. The lines above say why." % what)
    with open(requirements, "rb") as source, open(stamp + ".part", "wb") as copy:
        copy.write(source.read())
    os.replace(stamp + ".part", stamp)
    sys.stderr.write("setup: .venv is ready\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
