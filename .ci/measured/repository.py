"""A repository of its own, with a home and a temporary folder that nobody else uses."""

import json
import os
import subprocess


class Repository:
    def __init__(self, folder, binary):
        self.root, self.home, self.temporary = folder / "repository", folder / "home", folder / "tmp"
        for made in (self.root, self.home, self.temporary):
            made.mkdir(parents=True)
        self.binary = str(binary)
        self.environment = {
            "PATH": os.environ["PATH"], "HOME": str(self.home), "TMPDIR": str(self.temporary), "LANG": "C.UTF-8",
            "GIT_CONFIG_NOSYSTEM": "1",
        }
        for who in ("AUTHOR", "COMMITTER"):
            self.environment |= {f"GIT_{who}_NAME": "Figures", f"GIT_{who}_EMAIL": "figures@example.com"}
        self.git("init", "--quiet", "--initial-branch", "main")

    def git(self, *arguments):
        return subprocess.run(
            ["git", *arguments], cwd=self.root, env=self.environment, check=True, capture_output=True, text=True,
        ).stdout

    def commit(self, message):
        self.git("add", "--all")
        self.git("commit", "--quiet", "--message", message)

    def write(self, path, text, executable=False):
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        file.chmod(0o755 if executable else 0o644)

    def start(self, *arguments, **options):
        """A run in the background whose output nobody reads."""
        return subprocess.Popen(
            [self.binary, *arguments], cwd=self.root, env=self.environment, stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **options,
        )

    def run(self, *arguments, status=0, by=(), **variables):
        """A run that ends with this status. `by` is a program, with arguments, that starts it."""
        done = subprocess.run(
            [*by, self.binary, *arguments], cwd=self.root, env=self.environment | variables,
            stdin=subprocess.DEVNULL, capture_output=True, text=True,
        )
        if status is not None and done.returncode != status:
            said = f"{done.stdout}\n{done.stderr}".strip()
            raise RuntimeError(f"`{' '.join(arguments)}` ended with {done.returncode}, not {status}: {said}")
        return done

    def json(self, *arguments, status=0, **variables):
        return json.loads(self.run(*arguments, "--output-format", "json", status=status, **variables).stdout)

    def files(self):
        """Every file's bytes, and whether it can be executed; but for links, git's folder and the private one."""
        found = {}
        for folder, folders, names in os.walk(self.root):
            folders[:] = [name for name in folders if name not in (".git", ".countersign")]
            for name in names:
                path = os.path.join(folder, name)
                if not os.path.islink(path):
                    with open(path, "rb") as file:
                        mode = os.fstat(file.fileno()).st_mode
                        found[os.path.relpath(path, self.root)] = (file.read(), bool(mode & 0o100))
        return found

    def put(self, wanted):
        """Make the work tree hold these files and no others."""
        there = self.files()
        for path in there.keys() - wanted.keys():
            (self.root / path).unlink()
        for path, (content, executable) in wanted.items():
            if there.get(path) != (content, executable):
                file = self.root / path
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_bytes(content)
                file.chmod(0o755 if executable else 0o644)
