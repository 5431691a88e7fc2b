"""Makes a virtual environment from a lock file; `setup` beside this file is the way in.

One process at a time works on an environment. The environment is built where it will stay, since
the scripts in its `bin` name their interpreter by absolute path and so it could not be moved.
"""

import fcntl
import shutil
import subprocess
import sys
import venv
from pathlib import Path


class SetupError(Exception):
    """One line that says what stopped us and what to do about it."""


def main() -> None:
    environment, lock = Path(sys.argv[1]).resolve(), Path(sys.argv[2])
    try:
        environment.parent.mkdir(parents=True, exist_ok=True)
        with environment.with_name(environment.name + ".lock").open("w") as guard:
            # The kernel drops this lock with its process, so a killed setup blocks nobody.
            fcntl.flock(guard, fcntl.LOCK_EX)
            if not is_made_from(lock, environment):
                make(environment, lock)
    except SetupError as error:
        sys.exit(complain(str(error)))
    except OSError as error:
        sys.exit(complain(f"cannot make `{environment}`: {error}"))


def is_made_from(lock: Path, environment: Path) -> bool:
    stamp = environment / lock.name
    python = environment / "bin" / "python"
    return python.exists() and stamp.exists() and stamp.read_bytes() == lock.read_bytes()


def make(environment: Path, lock: Path) -> None:
    locked = lock.read_bytes()
    remove_previous(environment)
    venv.create(environment, symlinks=True, with_pip=True)
    install(environment, lock)
    (environment / lock.name).write_bytes(locked)


def remove_previous(environment: Path) -> None:
    if not environment.exists():
        return
    if any(environment.iterdir()) and not (environment / "pyvenv.cfg").exists():
        raise SetupError(f"`{environment}` is not a virtual environment; remove it or name another")
    shutil.rmtree(environment)


def install(environment: Path, lock: Path) -> None:
    # Wheels only: a source distribution would run its build, and whatever that asks for, unpinned.
    command = [
        *(environment / "bin" / "python", "-m", "pip", "install", "--quiet"),
        *("--disable-pip-version-check", "--no-input", "--require-hashes", "--only-binary=:all:"),
        *("--requirement", lock),
    ]
    finished = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=sys.stderr)
    if finished.returncode != 0:
        raise SetupError(f"pip could not install `{lock.name}` (exit {finished.returncode})")


def complain(message: str) -> int:
    print(f"error: {message}", file=sys.stderr)
    return 2


if __name__ == "__main__":
    main()
