"""What is lost, and what arrives twice, when answers are lost and runs are killed; and what planning costs."""

import json
import random
import signal
import statistics
import time

from .figure import say
from .receivers import Receivers
from .repository import Repository

CLIENTS = 333
CHANNELS = ("dispatch", "room", "hook")


def document(version):
    properties = {f"field{number}": {"type": "string"} for number in range(10 - version)}
    return json.dumps({
        "openapi": "3.1.0", "info": {"title": "Watcher", "version": f"{version}.0.0"},
        "paths": {"/watches": {"get": {"operationId": "list", "responses": {"200": {
            "description": "Found", "content": {"application/json": {"schema": {
                "type": "object", "required": list(properties), "properties": properties,
            }}},
        }}}}},
    }, indent=2) + "\n"


def pipeline(url, clients, channels):
    parts = [
        '[pipeline]\nrepository = "github:acme/api"\nblock = "never"\n\n'
        '[contracts.watcher]\ndump = "openapi.json"\nnotify = ["comment"]\n\n'
        f'[forges.github]\nkind = "github"\napi = "{url}/api"\ntoken = "env:BOT_TOKEN"\n'
        'budget = { per-minute = 1000000, per-hour = 1000000 }\n\n'
        '[notify.comment]\nuse = "notify-comment"\nheading = "Contracts"\n\n'
        '[notify.dispatch]\nuse = "notify-github"\nevent-type = "watcher-changed"\n\n'
        f'[notify.room]\nuse = "notify-matrix"\nhomeserver = "{url}"\nroom = "!room"\ncredential = "matrix"\n\n'
        f'[notify.hook]\nuse = "notify-webhook"\nurl = "{url}/hook"\ncredential = "hook"\n\n'
        f'[credentials.matrix]\nfrom = "env:MATRIX_TOKEN"\nallow = ["PUT {url}/*"]\n'
        'header = "Authorization: Bearer {}"\n\n'
        f'[credentials.hook]\nfrom = "env:HOOK_SECRET"\nallow = ["POST {url}/hook"]\nsign = "standard-webhooks"\n'
    ]
    for number in range(clients):
        parts.append(
            f'[clients.client-{number}]\ncontract = "watcher"\nrepository = "github:acme/client-{number}"\n'
            f'notify = {json.dumps(list(channels))}\n'
        )
    return "\n".join(parts)


def ground(folder, binary, url, clients, channels):
    """A repository whose last commit changed the record, and the bare one that it is pushed to."""
    repository = Repository(folder, binary)
    repository.environment |= {"BOT_TOKEN": "bot", "MATRIX_TOKEN": "matrix", "HOOK_SECRET": "secret"}
    repository.write("pipeline.toml", pipeline(url, clients, channels))
    repository.write("openapi.json", document(1))
    repository.run("accept")
    repository.commit("The record")
    repository.write("openapi.json", document(2))
    repository.run("accept")
    repository.commit("A field less")
    origin = folder / "origin.git"
    repository.git("init", "--quiet", "--bare", "--initial-branch", "main", str(origin))
    repository.git("remote", "add", "origin", str(origin))
    repository.git("push", "--quiet", "origin", "main")
    return repository


def until_done(repository, dice, kills):
    """Run `notify` until it says that everybody was told, and kill it now and then. How often it ran and was killed."""
    runs, killed = 0, 0
    while True:
        runs += 1
        assert runs < 400, "it does not come to an end"
        process = repository.start("notify", "--from", "HEAD^", "--to", "HEAD")
        if killed < kills and dice.random() < 0.8:
            time.sleep(dice.uniform(0.05, 3.0))
            if process.poll() is None:
                process.send_signal(signal.SIGKILL)
                killed += 1
        if process.wait() == 0:
            return runs, killed


def faults(binary, seed, scratch, probability=0.15, kills=20, again=100):
    """A thousand notices through lost answers, 502s, rate limits and kills; then the same once more, often."""
    name = f"{CLIENTS * len(CHANNELS) + 1} notices, faults in {probability:.0%} of writes, {kills} kills (seed {seed})"
    receivers, dice = Receivers(seed, probability), random.Random(seed)
    repository = ground(scratch / "notices", binary, receivers.url, CLIENTS, CHANNELS)
    runs, killed = until_done(repository, dice, kills)
    lost = sum(CLIENTS - len(+seen) for seen in (receivers.dispatches, receivers.hooks))
    lost += CLIENTS - len(receivers.events) + (not receivers.comments)
    twice = sum(receivers.dispatches.values()) - len(+receivers.dispatches)
    comments = len(receivers.comments)
    text = f"{lost} lost; {comments} comment, {len(receivers.events)} chat messages; {twice} dispatches more than "
    text += f"needed in {receivers.ambiguous['dispatch']} ambiguous answers and {killed} kills; {runs} runs"
    # A kill leaves at most one attempt of each channel open.
    met = lost == 0 and comments == 1 and twice <= receivers.ambiguous["dispatch"] + killed
    say(name, text, "0 lost, 0 twice, at most one dispatch more for each ambiguous end", met)
    receivers.faults = 0.0
    before = sum(receivers.writes.values())
    for _ in range(again):
        repository.run("notify", "--from", "HEAD^", "--to", "HEAD")
    more = sum(receivers.writes.values()) - before
    say(f"the same `notify` {again} times more", f"{more} writes", "none", more == 0)
    receivers.stop()


def planning(binary, runs, scratch, clients=1000):
    """What it costs to plan for a thousand clients, as the difference to one."""
    def times(count):
        repository = ground(scratch / f"planning-{count}", binary, "http://127.0.0.1:9", count, ("dispatch",))
        repository.git("remote", "remove", "origin")
        measured = []
        for _ in range(runs + 1):
            started = time.perf_counter()
            planned = repository.json("notify", "--from", "HEAD^", "--to", "HEAD", "--dry-run")
            measured.append(time.perf_counter() - started)
        assert sum(notice["state"] == "planned" for notice in planned["notices"]) == count + 1
        return statistics.median(measured[1:])

    one, many = times(1), times(clients)
    text = f"{many * 1000:.0f} ms for the whole process, {one * 1000:.0f} ms with one client: "
    text += f"{(many - one) * 1000:.0f} ms more"
    say(f"planning for {clients} clients", text, "at most 100 ms", many - one <= 0.1)


def notices(binary, runs, seed, scratch):
    planning(binary, runs, scratch)
    faults(binary, seed, scratch)
