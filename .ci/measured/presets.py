"""Every preset with its real generator: the same bytes in other surroundings, and no connection to the network."""

import json
import os
import re
import shutil
import socket
import subprocess
import sys

from .figure import run, say, skipped
from .repository import Repository

PRESETS = {
    "datamodel-code-generator": '"datamodel-code-generator"',
    "hey-api": '"hey-api"',
    "openapi-generator, python": '{ preset = "openapi-generator", arguments = ["--generator-name", "python"] }',
    "openapi-generator, typescript-fetch":
        '{ preset = "openapi-generator", arguments = ["--generator-name", "typescript-fetch"] }',
    "openapi-python-client": '"openapi-python-client"',
    "openapi-typescript": '"openapi-typescript"',
    "orval": '{ preset = "orval", arguments = ["--client", "fetch"] }',
}
NOBODY = 65534
OTHER = {
    "PYTHONHASHSEED": "12345", "LANG": "de_DE.UTF-8", "LC_ALL": "C", "TZ": "Asia/Tokyo", "USER": "ben",
    "LOGNAME": "ben", "JAVA_TOOL_OPTIONS": "-Dfile.encoding=ISO-8859-1", "COLUMNS": "40", "FORCE_COLOR": "1",
}
PIPELINE = """\
[contracts.watcher]
dump = "openapi.json"
canonicalize = {{ prune = ["/dashboard/**"] }}

[clients.client]
contract = "watcher"
root = "client"
output = "src/generated"
generate = {generate}
"""
CALL = re.compile(r"^(\d+)\s+(?:<\.\.\. )?(connect|sendto|sendmsg)(.*)$")


def service_document(root, scratch):
    """What the example service says about itself."""
    environment = root / "target/tools/python"
    run([root / "tests/tools/setup", environment])
    document = scratch / "service.json"
    run([environment / "bin/python", "scripts/dump_openapi.py", document], cwd=root / "tests/service",
        env=os.environ | {"PYTHONDONTWRITEBYTECODE": "1"})
    return json.dumps(json.loads(document.read_text()), indent=2) + "\n"


def project(folder, binary, generators, document, generate):
    repository = Repository(folder, binary)
    repository.write("openapi.json", document)
    repository.write("pipeline.toml", PIPELINE.format(generate=generate))
    # A rule with a slash at its end is for folders, and these are links.
    repository.write(".gitignore", ".venv\nnode_modules\n.countersign/\n")
    repository.write("client/README.md", "A client\n")
    (repository.root / "client/.venv").symlink_to(generators / "python")
    (repository.root / "client/node_modules").symlink_to(generators / "node/node_modules")
    repository.commit("The document")
    return repository


def connections(trace):
    """The calls of a trace by strace that address the network and were not refused, and how many there were."""
    begun, calls = {}, []
    for line in trace.splitlines():
        if match := CALL.match(line):
            pid, _, text = match.groups()
            if text.endswith("<unfinished ...>"):
                begun[pid] = text
            else:
                calls.append(begun.pop(pid, "") + text)
    calls = [call for call in calls if "AF_INET" in call]
    is_refused = re.compile(r"= -1 E(?!INPROGRESS)").search
    return [call for call in calls if not is_refused(call)], len(calls)


def strace(trace, *more):
    return ["strace", "--follow-forks", "--seccomp-bpf", "--trace=connect,sendto,sendmsg", f"--output={trace}", *more]


def sees_connections(scratch):
    """Whether a connection that is made is told by the trace."""
    trace = scratch / "control"
    with socket.create_server(("127.0.0.1", 0)) as server:
        source = f"import socket; socket.create_connection(('127.0.0.1', {server.getsockname()[1]}))"
        run(strace(trace, sys.executable, "-c", source))
    return len(connections(trace.read_text())[0]) == 1


def as_nobody(repository, generators):
    """The words that start a program as another user, who owns the repository from now on; or why there are none."""
    if os.geteuid() != 0:
        return None, "only the superuser can become another user"
    if not shutil.which("setpriv"):
        return None, "setpriv is not installed"
    words = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", "--"]
    for program in (repository.binary, generators / "python/bin/python", shutil.which("node")):
        if subprocess.run([*words, "test", "-x", os.path.realpath(program)]).returncode:
            return None, f"another user may not execute `{os.path.realpath(program)}`"
    for folder, folders, names in os.walk(repository.root.parent):
        for name in (".", *folders, *names):
            os.chown(os.path.join(folder, name), NOBODY, NOBODY, follow_symlinks=False)
    return words, None


class Surroundings:
    """Generates a preset three times and keeps what there is to say about it."""

    def __init__(self, binary, root, scratch):
        self.binary, self.scratch, self.generators = binary, scratch, root / "target/tools/generators"
        run([root / "tests/tools/generators/setup", self.generators])
        self.document = service_document(root, scratch)
        scratch.chmod(0o711)  # another user is to reach what is inside
        self.is_traced = bool(shutil.which("strace")) and sees_connections(scratch)
        self.wrong, self.connected = [], []
        self.by_nobody = self.attempts = 0
        self.why_not = None

    def generate(self, preset, generate):
        places = [self.scratch / f"{preset}-{which}".replace(", ", "-") for which in ("here", "bare", "nobody")]
        here, bare, nobody = (project(place, self.binary, self.generators, self.document, generate) for place in places)
        trace = places[0].with_suffix(".trace")
        try:
            here.run("accept")  # a new client is generated twice
            bare.run("-C", "client", "accept", "--cage", "bare", by=strace(trace) if self.is_traced else (), **OTHER)
            words, self.why_not = as_nobody(nobody, self.generators)
            if words:
                nobody.run("-C", "client", "accept", by=words, **OTHER)
                self.by_nobody += 1
        except RuntimeError as error:
            return self.wrong.append(f"{preset}: {error}")
        expected = here.files()
        for which, other in (("other surroundings", bare), ("another user", nobody)):
            if (which != "another user" or words) and (found := other.files()) != expected:
                paths = sorted(path for path in found.keys() | expected.keys() if found.get(path) != expected.get(path))
                self.wrong.append(f"{preset}: in {which} {len(paths)} files differ, such as {paths[0]}")
        if self.is_traced:
            connected, count = connections(trace.read_text())
            self.connected += [f"{preset}: {call}" for call in connected]
            self.attempts += count


def lines(texts):
    return "".join(f"\n        {text}" for text in texts)


def presets(binary, root, scratch):
    try:
        surroundings = Surroundings(binary, root, scratch)
    except (OSError, subprocess.CalledProcessError) as error:
        why = (getattr(error, "stderr", None) or b"").decode() or error
        return skipped("the presets", f"the generators cannot be had: {why}")
    for preset, generate in PRESETS.items():
        surroundings.generate(preset, generate)
    wrong, connected = surroundings.wrong, surroundings.connected
    users = f"{surroundings.by_nobody} of them as another user too"
    if surroundings.why_not:
        users = f"not as another user, since {surroundings.why_not}"
    text = f"{len(PRESETS)} presets, {users}: {len(wrong)} wrong{lines(wrong)}"
    say("presets, twice here and again in other surroundings", text, "identical bytes", not wrong)
    if surroundings.is_traced:
        text = f"{len(connected)} of {surroundings.attempts} attempts succeed{lines(connected[:5])}"
        say("network connections of the same, with nothing to stop them", text, "none", not connected)
    else:
        skipped("network connections of the same", "strace is not installed, or cannot trace here")
    skipped("the preset progenitor", "its generator is not among those that this repository pins")
