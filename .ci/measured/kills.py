"""What a run leaves that is killed at a random moment."""

import collections
import json
import os
import pathlib
import random
import re
import signal
import statistics
import subprocess
import time

from .figure import say, skipped
from .repository import Repository

CONTRACTS = ("alpha", "beta")
# The number of files of each contract's clients: more than are flushed one by one, and fewer.
CLIENTS = {"typed": 40, "models": 40, "small": 12}
# Namespaces are what most machines have, so they get half of the kills.
RUNGS = ("namespaces", "mirror", "namespaces", "bare")
# How a file or folder is named that waits beside its target, or that stepped aside for it.
STAGE = re.compile(r"\.countersign-(stage|aside)-[0-9a-f]{16}-\d+")

GENERATOR = """\
#!/bin/sh
# SPEC OUT COUNT: some files with the document's digest, the last of them named for it.
set -eu
read -r digest _ <<END
$(sha256sum "$1")
END
mkdir -p "$2/models"
number=0
while [ $number -lt $(($3 - 2)) ]; do
    printf '%s %s\\n' "$number" "$digest" >"$2/models/$number.txt"
    number=$((number + 1))
done
sleep 0.05
for last in 1 2; do cat "$1" >"$2/$last-$digest.json"; done
"""

# One child in the background, and one in a group of its own.
SLEEPER = """\
#!/bin/sh
sleep {seconds} &
setsid sleep {seconds} &
wait
"""


def document(name, version):
    schemas = {f"{name.title()}{number}": {"type": "object", "properties": {
        f"field{field}": {"type": "string", "description": f"Field {field}"} for field in range(12)
    }} for number in range(20 + version)}
    paths = {f"/{schema.lower()}": {"get": {"operationId": f"get{schema}", "responses": {"200": {
        "description": "Found",
        "content": {"application/json": {"schema": {"$ref": f"#/components/schemas/{schema}"}}},
    }}}} for schema in schemas}
    described = {"openapi": "3.1.0", "info": {"title": name, "version": f"{version}.0.0"}, "paths": paths}
    return json.dumps(described | {"components": {"schemas": schemas}}, indent=2) + "\n"


def pipeline():
    parts = []
    for contract in CONTRACTS:
        parts.append(f'[contracts.{contract}]\ndump = "{contract}.json"\n')
        for client, count in CLIENTS.items():
            parts.append(
                f'[clients.{contract}-{client}]\ncontract = "{contract}"\nroot = "clients/{contract}"\n'
                f'output = "{client}"\nkeep = ["kept.txt"]\n'
                f'generate = {{ command = ["../../tools/generator", "{{spec}}", "{{out}}", "{count}"] }}\n'
            )
    return "\n".join(parts)


class Ground:
    """A repository in two states: before a run of `accept` or `generate`, and after both."""

    def __init__(self, folder, binary):
        self.repository = repository = Repository(folder, binary)
        repository.write("pipeline.toml", pipeline())
        repository.write("tools/generator", GENERATOR, executable=True)
        repository.write("bystander.txt", "Nobody touches this.\n")
        for contract in CONTRACTS:
            repository.write(f"{contract}.json", document(contract, 1))
            repository.write(f"clients/{contract}/README.md", "The clients.\n")
        repository.run("accept")
        for contract in CONTRACTS:
            repository.write(f"clients/{contract}/typed/kept.txt", "Written by hand.\n")
        repository.commit("The old record")
        for contract in CONTRACTS:
            repository.write(f"{contract}.json", document(contract, 2))
        old = repository.files()
        repository.run("accept")
        self.after = repository.files()
        is_record = re.compile(r"contracts/[a-z]+/(openapi\.json|record\.toml)").fullmatch
        self.before = {
            "accept": old,
            "generate": {path: content for path, content in old.items() if not is_record(path)}
            | {path: content for path, content in self.after.items() if is_record(path)},
        }

    def private(self, name):
        return self.repository.root / ".countersign" / name

    def stages(self):
        found = []
        for folder, folders, names in os.walk(self.repository.root):
            found += [os.path.join(folder, name) for name in folders + names if STAGE.fullmatch(name)]
            folders[:] = [name for name in folders if name != ".git" and not STAGE.fullmatch(name)]
        return found

    def tree(self):
        """The work tree without what waits beside its target."""
        is_stage = lambda path: any(STAGE.fullmatch(part) for part in path.split(os.sep))  # noqa: E731
        return {path: content for path, content in self.repository.files().items() if not is_stage(path)}

    def measure(self, command, rung):
        """How long a whole run takes, and how long the writing at its end."""
        wholes, writings = [], []
        for _ in range(3):
            self.repository.put(self.before[command])
            started, began = time.perf_counter(), None
            process = self.repository.start(command, "--cage", rung)
            while process.poll() is None:
                if began is None and self.private("staging.jsonl").exists():
                    began = time.perf_counter()
                time.sleep(0.0005)
            ended = time.perf_counter()
            assert process.returncode == 0 and self.repository.files() == self.after, f"{command} on {rung}"
            wholes.append(ended - started)
            writings.append(ended - (began or ended))
        return statistics.median(wholes), statistics.median(writings)


def killed(ground, arguments, moment, since_writing):
    """Start a run and kill it, and nothing else, after so many seconds. Whether it was still running."""
    process = ground.repository.start(*arguments)
    while since_writing and process.poll() is None and not ground.private("staging.jsonl").exists():
        time.sleep(0.0002)
    deadline = time.perf_counter() + moment
    while process.poll() is None and time.perf_counter() < deadline:
        time.sleep(min(0.001, max(0.0, deadline - time.perf_counter())))
    if process.poll() is None:
        os.kill(process.pid, signal.SIGKILL)
    return process.wait() == -signal.SIGKILL


def alive(*marks):
    """The processes whose surroundings or command line hold one of these texts."""
    found, marks = {}, [os.fsencode(mark) for mark in marks]
    for entry in os.scandir("/proc"):
        if entry.name.isdigit():
            try:
                known = [pathlib.Path(entry.path, name).read_bytes() for name in ("cmdline", "environ")]
                state = pathlib.Path(entry.path, "stat").read_text().rpartition(") ")[2][0]
            except OSError:
                continue
            if state not in "ZX" and any(mark in text for mark in marks for text in known):
                found[int(entry.name)] = known[0].replace(b"\0", b" ").decode(errors="replace").strip()
    return found


def outliving(*marks, patience=2.0):
    """The processes that are still there when there has been time to end them; they are ended then."""
    deadline = time.perf_counter() + patience
    while (left := alive(*marks)) and time.perf_counter() < deadline:
        time.sleep(0.02)
    for pid in left:
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
    return left


def one_round(ground, dice, command, rung, times):
    """Kill one run, and look. What it had come to; raises where that is neither old nor new, nor can be finished."""
    repository, before = ground.repository, ground.before[command]
    repository.put(before)
    whole, writing = times[command, rung]
    since_writing = dice.random() < 0.5
    moment = dice.uniform(0, writing if since_writing else whole)
    was_running = killed(ground, (command, "--cage", rung), moment, since_writing)
    assert not (left := outliving(repository.root.parent)), f"these outlived it: {left}"
    is_journalled = ground.private("journal.json").exists()
    status = repository.run("check", "--no-tools", status=None).returncode
    assert (status == 4) == is_journalled, f"check ended with {status}, and the journal is there: {is_journalled}"
    came_to = "recovered" if is_journalled else "new" if ground.tree() == ground.after else "old"
    was_staging = came_to == "old" and ground.private("staging.jsonl").exists()
    if is_journalled:
        if dice.random() < 0.5:
            killed(ground, ("recover",), dice.uniform(0, writing), False)
        repository.run("recover")
        assert repository.files() == ground.after, f"recover left {differing(ground, ground.after)}"
    elif came_to == "old":
        assert ground.tree() == before, f"neither old nor new: {differing(ground, before)}"
    assert came_to != "old" or was_running, "it ended by itself and changed nothing"
    repository.run("accept")
    assert repository.files() == ground.after, f"the next accept left {differing(ground, ground.after)}"
    assert not ground.stages() and not ground.private("journal.json").exists(), ground.stages()
    return ("staging" if was_staging else came_to) if was_running else "ended"


def differing(ground, wanted):
    there = ground.repository.files()
    paths = sorted(path for path in there.keys() | wanted.keys() if there.get(path) != wanted.get(path))
    return f"{len(paths)} files differing, such as {paths[:5]}"


def leftovers(temporary):
    """How much is left in the temporary folder, which is ours alone, and what it takes on the disk, in bytes."""
    found = list(temporary.iterdir())
    size = subprocess.run(["du", "--summarize", "--block-size=1", temporary], check=True, capture_output=True)
    return len(found), int(size.stdout.split()[0])


def kills(binary, rounds, seed, scratch):
    """Kill `accept` and `generate` so many times: in half of the rounds at any moment, in half while it writes."""
    name = f"SIGKILL at {rounds} random moments of accept and generate (seed {seed})"
    ground, dice = Ground(scratch / "kills", binary), random.Random(seed)
    plan = [(("accept", "generate")[number % 2], RUNGS[number // 2 % len(RUNGS)]) for number in range(rounds)]
    times = {pair: ground.measure(*pair) for pair in dict.fromkeys(plan)}
    before, _ = leftovers(ground.repository.temporary)
    came_to, wrong = collections.Counter(), []
    for number, (command, rung) in enumerate(plan):
        try:
            came_to[one_round(ground, dice, command, rung, times)] += 1
        except (AssertionError, RuntimeError) as error:
            wrong.append(f"round {number}, {command} on {rung}: {error}")
            # The next round is to begin in order.
            ground.repository.run("recover", status=None)
            ground.repository.put(ground.after)
    old = came_to["old"] + came_to["staging"]
    text = f"{old} old ({came_to['staging']} of them while it wrote beside its targets), {came_to['new']} new, "
    text += f"{came_to['recovered']} with a journal and new by recover, {came_to['ended']} ended before, "
    text += f"{len(wrong)} wrong" + "".join(f"\n        {line}" for line in wrong[:5])
    say(name, text, "every tree is old or new, and recover and the next accept finish it", not wrong)
    left, size = leftovers(ground.repository.temporary)
    text = f"{left - before}, {size / 1e6:.1f} MB"
    most = len(CONTRACTS) * len(CLIENTS)
    say("temporary folders after them", text, f"at most those of one run, {most}", left - before <= most)


def survivors(binary, rounds, scratch):
    """Kill runs while a generator sleeps that has put children in the background and in other groups."""
    # A number of seconds that nobody else sleeps.
    seconds = f"30.{os.getpid()}"
    for rung in dict.fromkeys(RUNGS):
        name = f"processes that outlive a killed run, on {rung}"
        repository = Repository(scratch / f"survivors-{rung}", binary)
        repository.write("api.json", document("api", 1))
        repository.write("tools/sleeper", SLEEPER.format(seconds=seconds), executable=True)
        repository.write("pipeline.toml", '[contracts.api]\ndump = "api.json"\n\n[clients.typed]\ncontract = "api"\n'
                         'output = "typed"\ngenerate = { command = ["tools/sleeper", "{spec}", "{out}"] }\n')
        repository.commit("A generator that sleeps")
        if not re.search(f"cage:.*`{rung}`", repository.run("doctor", "--cage", rung, status=None).stdout):
            skipped(name, "this machine does not have the rung")
            continue
        outlived = 0
        for _ in range(rounds):
            process = repository.start("accept", "--cage", rung)
            while process.poll() is None and len(alive(seconds)) < 2:
                time.sleep(0.01)
            assert process.poll() is None, f"the generator does not run on {rung}"
            process.kill()
            process.wait()
            outlived += bool(outliving(seconds, repository.root.parent))
        say(name, f"in {outlived} of {rounds} kills", "none after two seconds", outlived == 0)
