"""`make setup`: make the virtual environment .venv, with the packages of a lock.

A lock names every package, with its version and the hashes of its files: pip takes no other bytes. `make lock` makes
it. With `make UV=1` the program uv installs the same packages in less time. This script uses the standard library
only, because the packages are not there yet. Any Python of the machine may start it. So its syntax is old: then an old
Python, too, can say what is wrong.
"""

import os
import re
import shutil
import subprocess
import sys
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
if __package__:
    from common.language import _, show_any_text
else:  # the package `common` looks for packages that are not there yet
    sys.path.insert(0, os.path.join(ROOT, "common"))
    from language import _, show_any_text

    del sys.path[0]

VENV = os.path.join(ROOT, ".venv")
LOCK = "common/tooling/requirements.lock"
STAMPS = {
    LOCK: "installed.txt",
    "common/tooling/requirements-notebooks.lock": "notebooks.txt",
    "common/tooling/requirements-sweep.lock": "sweep.txt",
    "common/tooling/requirements-site.lock": "site.txt",
}
PYTHONS = ((3, 11), (3, 12), (3, 13))  # the pinned TensorFlow has wheels for these
BUILDERS = ("packaging", "setuptools", "wheel")  # what builds a package that has no wheel, and what wheel needs
OTHER_BYTES = ("DO NOT MATCH THE HASHES", "Hash mismatch for")  # the words of pip and of uv
PIP = ("pip", ".venv/bin/python -m pip cache purge", "pip (see pip config list)")
SIZE = "2.6 GB"  # that the packages of LOCK take, as the README says
# Settings of pip, by environment or configuration, that would install elsewhere than into .venv. Options outdo both.
HERE = ["--no-user", "--target="]
ELSEWHERE = ("USER", "TARGET", "PREFIX", "ROOT", "PYTHON", "DRY_RUN", "REQUIRE_VIRTUALENV")


def without_other_places(environment):
    """Return `environment` as a dict, without the variables that make pip or venv work in another place."""
    names = ["PIP_" + name for name in ELSEWHERE] + ["PYTHONHOME", "PYTHONPATH", "PYTHONSAFEPATH"]
    names += ["UV_PYTHON", "UV_SYSTEM_PYTHON", "UV_NO_VERIFY_HASHES", "UV_WORKING_DIR"]
    return {name: value for name, value in environment.items() if name not in names}


def main(name=LOCK):
    """Create .venv and install the packages of the lock `name`. The program ends with a message when this fails.

    The stamp of the lock is written last, so that make repeats a broken install.
    """
    if sys.stdout is None or sys.stderr is None:  # pip would write into the next file that it opens
        sys.exit(
            _("setup stopped: standard output or standard error is closed. Send it to {devnull} instead.").format(
                devnull=os.devnull
            )
        )
    show_any_text()
    if sys.version_info[:2] not in PYTHONS:
        wanted = ", ".join("%d.%d" % version for version in PYTHONS)
        sys.exit(
            _(
                "setup stopped: TensorFlow has wheels for Python {wanted}; this is {found} ({path}). "
                "Name another one: make PYTHON=python3.12"
            ).format(wanted=wanted, found="%d.%d" % sys.version_info[:2], path=sys.executable)
        )
    uv = uv_wanted()
    begin = time.time()
    if name == LOCK:
        text = _("setup: installing the packages of {lock} into .venv ({size}, a minute or two)")
        say(text.format(lock=name, size=SIZE))
    else:
        say(_("setup: installing the packages of {lock} into .venv").format(lock=name))
    if subprocess.call([sys.executable, "-m", "venv", VENV], env=without_other_places(os.environ)) != 0:
        sys.exit(
            _(
                "setup stopped: could not make .venv (on Debian and Ubuntu the package python3-venv is needed). "
                "The lines above say why."
            )
        )
    lock = os.path.join(ROOT, name)
    with open(lock, "rb") as source:
        content = source.read()
    builders = os.path.join(VENV, "builders.txt")
    write(builders, blocks(content, BUILDERS))
    # pip would fetch what builds a package without looking at hashes: so this comes first, from the lock as well.
    for requirements in (builders, lock) if name == LOCK else (lock,):
        install(requirements, name, uv)
    write(os.path.join(VENV, STAMPS[name]), content)
    say(_("setup: .venv is ready after {seconds:.0f} s").format(seconds=time.time() - begin))


def say(text):
    """Print a line on standard error."""
    sys.stderr.write(text + "\n")
    sys.stderr.flush()


def uv_wanted():
    """Return the path of the program uv when make was given UV=1, else None.

    The program ends with a message when uv is not there.
    """
    value = os.environ.get("REPLAY_UV") or ""
    if not value:
        return None
    if value != "1":
        sys.exit(
            _("setup stopped: expected UV=1, found UV={value}. Without UV=1, pip installs the same packages.").format(
                value=value
            )
        )
    uv = shutil.which("uv")
    if uv is None:
        sys.exit(
            _(
                "setup stopped: UV=1 needs the program uv, and no folder of PATH has it. Install it (pipx install uv, "
                "or python -m pip install --user uv). Or leave UV=1 away: pip installs the same packages, in more time."
            )
        )
    return uv


def blocks(content, names):
    """Return the parts of a lock (bytes) that pin the packages `names`, with their hashes."""
    parts = re.split("^(?=[a-z])".encode("ascii"), content, flags=re.M)
    return b"".join(part for part in parts if part.split(b"==")[0].decode() in names)


def install(requirements, name, uv=None):
    """Install the packages of the file `requirements`, a part of the lock `name`, into .venv.

    The program ends with a message when pip fails, or when a file of the registry has another hash. `uv` is the path of
    uv, which then does it in place of pip.
    """
    python = os.path.join(VENV, "Scripts", "python.exe") if os.name == "nt" else os.path.join(VENV, "bin", "python")
    command = [python, "-m", "pip", "install", "--disable-pip-version-check"]
    # On a terminal pip's own lines and bars show how far it is. A log has no use for them.
    command += [] if sys.stdout.isatty() and os.environ.get("TERM") != "dumb" else ["--quiet"]
    command += HERE
    if uv:
        command = [uv, "pip", "install", "--quiet", "--no-progress", "--python", python]
    command += ["--require-hashes", "--no-build-isolation", "-r", requirements]
    installer = subprocess.Popen(command, stderr=subprocess.PIPE, env=without_other_places(os.environ))
    differs = False
    for line in installer.stderr:
        text = line.decode("utf-8", "replace")
        differs = differs or any(words in text for words in OTHER_BYTES)
        sys.stderr.write(text)
        sys.stderr.flush()
    status = installer.wait()
    if differs:
        tool, clean, served = ("uv", "uv cache clean", "uv") if uv else PIP
        sys.exit(
            _(
                "setup stopped: a package's bytes are not those of {lock}, and it was not installed. The lines above "
                "name it. Remove what {tool} keeps ({clean}) and try again. If this stays, do not install it: what "
                "your {served} is served is another file."
            ).format(lock=name, tool=tool, clean=clean, served=served)
        )
    if status != 0:
        sys.exit(
            _(
                "setup stopped: could not install {lock} (is the package registry within reach?). The lines above say "
                "why."
            ).format(lock=name)
        )


def write(path, content):
    """Write the bytes `content` to the file `path`: all of them or no file."""
    with open(path + ".part", "wb") as part:
        part.write(content)
    os.replace(path + ".part", path)


if __name__ == "__main__":
    main(*sys.argv[1:])
