"""What several proposers at once leave, some of which are killed at each step of what they do."""

import collections
import hashlib
import json
import random
import subprocess
import sys
import threading
import time

from .emulator import STEPS, Emulator, Front
from .figure import say, skipped
from .repository import Repository

PROPOSERS = 8
HOME, PROVIDER, PATH = "acme/archiver", "acme/api", "contracts/watcher/openapi.json"
# How long one run may take that has others and killed ones beside it.
PATIENCE = 300

# A file of text, and one that is none, which becomes a blob of its own.
GENERATOR = """\
#!/bin/sh
set -eu
mkdir -p "$2"
cksum <"$1" >"$2/client.txt"
{ cksum <"$1"; printf '\\000'; } >"$2/client.bin"
"""

PIPELINE = """\
[pipeline]
repository = "github:{home}"

[forges.github]
kind   = "github"
api    = "{url}"
token  = "env:BOT_TOKEN"
budget = {{ per-minute = 1000000, per-hour = 1000000 }}

[contracts.watcher]
provider = {{ repository = "github:{provider}", path = "{path}" }}

[clients.client]
contract = "watcher"
root     = "client"
output   = "src/generated"
generate = "gen"

[tools.gen]
command = ["gen", "{{spec}}", "{{out}}"]
path    = [".venv/bin"]
"""


def document(version):
    """Each loses a field that the one before had."""
    properties = {f"field{number}": {"type": "string"} for number in range(version, 1000)}
    return json.dumps({
        "openapi": "3.1.0", "info": {"title": "Watcher", "version": f"{version}.0.0"},
        "paths": {"/watches": {"get": {"operationId": "list", "responses": {"200": {
            "description": "Found", "content": {"application/json": {"schema": {
                "type": "object", "required": list(properties)[:1], "properties": dict(list(properties.items())[:20]),
            }}},
        }}}}},
    }, indent=2) + "\n"


def token(number, proposer):
    return f"token-{number}-{proposer}"


class World:
    """A provider and a consumer on the emulator, and the consumer's clone, which all proposers share."""

    def __init__(self, binary, emulator, front, folder):
        self.emulator, self.front, self.folder = emulator, front, folder
        self.repository = repository = Repository(folder, binary)
        written = PIPELINE.format(home=HOME, provider=PROVIDER, path=PATH, url=front.url)
        repository.write("pipeline.toml", written)
        repository.write(".gitignore", ".venv/\n.countersign/\n")
        repository.write("client/README.md", "A client.\n")
        repository.write("client/.venv/pyvenv.cfg", "home = /usr/bin\n")
        repository.write("client/.venv/bin/gen", GENERATOR, executable=True)
        (folder / "document.json").write_text(document(0))
        repository.run("accept", "watcher", "--from", "../document.json")
        repository.commit("The record")
        emulator.push(repository, HOME)

    def provide(self, version):
        """The provider's record moves on. Its digest; the event that tells it is written beside the repository."""
        (self.folder / "document.json").write_text(document(version))
        canonical = self.repository.run("canonicalize", "../document.json").stdout.encode()
        digest = f"sha256:{hashlib.sha256(canonical).hexdigest()}"
        commit = self.emulator.write(PROVIDER, PATH, canonical)
        contract = {"key": "0", "name": "watcher", "repository": f"github:{PROVIDER}", "path": PATH, "commit": commit,
                    "to": digest, "verdict": "breaking", "counts": {}, "links": {}}
        (self.folder / "event.json").write_text(json.dumps({"client_payload": {"contract": contract}}))
        return digest

    def start(self, number, proposer):
        """Half of them were sent an event; the others look by themselves."""
        event = ("--event-name", "repository_dispatch", "--event-path", "../event.json") if proposer % 2 else ()
        own = token(number, proposer)
        with (self.folder / f"said-{proposer}").open("w") as said:
            process = subprocess.Popen(
                [self.repository.binary, "propose", *event], cwd=self.repository.root, stdin=subprocess.DEVNULL,
                env=self.repository.environment | {"BOT_TOKEN": own}, stdout=said, stderr=said,
            )
        self.front.started(own, process)
        return process

    def said(self, proposer):
        return " ".join((self.folder / f"said-{proposer}").read_text().split())

    def left(self, digest):
        """What is wrong with what is there after a round; empty where all is well."""
        wanted = f"countersign/watcher/{digest.removeprefix('sha256:')[:12]}"
        branches = [branch["name"] for branch in self.emulator.all(f"/repos/{HOME}/branches")]
        branches = [name for name in branches if name.startswith("countersign/")]
        pulls = self.emulator.all(f"/repos/{HOME}/pulls?state=all")
        is_open = [pull["head"]["ref"] for pull in pulls if pull["state"] == "open"]
        of_this = [pull["number"] for pull in pulls if pull["head"]["ref"] == wanted]
        wrong = []
        if branches != [wanted]:
            wrong.append(f"the branches are {branches}, not {wanted} alone")
        if is_open != [wanted]:
            wrong.append(f"the open pull requests are of {is_open}, not of {wanted} alone")
        if len(of_this) != 1:
            wrong.append(f"there ever were {len(of_this)} pull requests of {wanted}")
        record = "contracts/watcher/record.toml"
        if wanted in branches and digest not in self.emulator.file(HOME, wanted, record).decode():
            wrong.append(f"the record on {wanted} is not the provider's")
        trees = self.repository.git("worktree", "list").splitlines()
        if len(trees) != 1:
            wrong.append(f"{len(trees) - 1} work trees are left in the clone")
        return wrong

    def told_twice(self):
        """The comments on what was superseded that are more than one."""
        pulls = self.emulator.all(f"/repos/{HOME}/pulls?state=all")
        comments = [len(self.emulator.all(f"/repos/{HOME}/issues/{pull['number']}/comments")) for pull in pulls]
        return sum(count - 1 for count in comments if count)


class Tally:
    """What became of all rounds."""

    def __init__(self):
        self.killed, self.anywhere, self.failed, self.wrong = collections.Counter(), 0, 0, {}

    def kill(self, process):
        if process.poll() is None:
            process.kill()
            self.anywhere += 1


def at_once(world, number, dice, tally):
    """Eight at once, two of which are killed anywhere. Which of them never came to an end."""
    running = [world.start(number, proposer) for proposer in range(PROPOSERS)]
    timers = [threading.Timer(dice.uniform(0.2, 6), tally.kill, [process]) for process in dice.sample(running, 2)]
    for timer in timers:
        timer.start()
    hung = [proposer for proposer, process in enumerate(running) if not ends(process)]
    for timer in timers:
        timer.cancel()
        timer.join()
    for proposer, process in enumerate(running):
        if process.returncode > 0:
            tally.failed += 1
            print(f"round {number}, proposer {proposer}: {world.said(proposer)}", file=sys.stderr, flush=True)
    return hung


def ends(process):
    try:
        process.wait(PATIENCE)
        return True
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
        return False


def a_round(world, number, dice, tally):
    """Several at once, some of them killed at this round's step; then one alone. What is wrong with what they leave."""
    world.emulator.token = token(number, PROPOSERS)
    step = list(STEPS)[number % len(STEPS)]
    digest = world.provide(number + 1)
    world.front.aim(step, dice.randint(1, PROPOSERS))
    wrong = [f"proposer {proposer} never came to an end" for proposer in at_once(world, number, dice, tally)]
    world.front.calm()
    for fate, count in world.front.killed.items():
        tally.killed[step, fate] += count
    last = world.repository.run("propose", status=None, BOT_TOKEN=token(number, PROPOSERS))
    if last.returncode != 0:
        wrong.append(f"the last run ended with {last.returncode}: {last.stdout}{last.stderr}")
    return wrong + world.left(digest)


def storm(world, rounds, dice):
    tally = Tally()
    for number in range(rounds):
        if wrong := a_round(world, number, dice, tally):
            tally.wrong[number] = wrong
            print(f"round {number}: {'; '.join(wrong)}", *world.front.log, sep="\n  ", file=sys.stderr, flush=True)
    return tally


def proposals(binary, root, rounds, seed, scratch):
    name = f"{PROPOSERS} proposers at once, killed at each of {len(STEPS)} steps, {rounds} rounds (seed {seed})"
    tokens = [token(number, proposer) for number in range(rounds) for proposer in range(PROPOSERS + 1)]
    try:
        emulator = Emulator(root, scratch / "emulator", ["token-of-figures", *tokens])
    except (OSError, subprocess.CalledProcessError, RuntimeError) as error:
        why = getattr(error, "stderr", None)
        return skipped(name, f"the emulator of GitHub cannot be had: {why.decode().strip() if why else error}")
    front = Front(emulator, random.Random(seed))
    try:
        started = time.monotonic()
        world = World(binary, emulator, front, scratch / "proposals")
        tally = storm(world, rounds, random.Random(seed))
        took = time.monotonic() - started
        twice = world.told_twice()
    finally:
        front.stop()
        emulator.stop()
    by_step = ", ".join(
        f"{step} {tally.killed[step, 'before']} before and {tally.killed[step, 'after']} after" for step in STEPS
    )
    text = f"{rounds - len(tally.wrong)} of {rounds} left one of each, in {took / 60:.0f} min; killed at {by_step}, and "
    text += f"{tally.anywhere} anywhere; {tally.failed} of the others failed"
    # With few rounds, the dice may leave something out.
    reached = rounds < 60 or all(tally.killed[step, fate] for step in STEPS for fate in ("before", "after"))
    say(name, text, "one branch and one pull request in every round", not tally.wrong and reached)
    say("the comment on what they took the place of", f"{twice} more than one each", "one each", twice == 0)
