"""Two receivers on one PostgreSQL: how much they do, and what becomes of the work of one that is killed."""

import contextlib
import os
import pathlib
import re
import shutil
import signal
import subprocess
import tempfile
import threading
import time

from .figure import run, say, skipped

SECRET = "a secret that nobody guesses"
CONNECTIONS, SECONDS, LEASE = 32, 10, 30
VERSIONS = pathlib.Path("/usr/lib/postgresql")

# Runs the rest of the arguments until its standard input ends, then ends that process and takes its folder away.
SUPERVISOR = 'exec 3<&0; "$@" 3<&- </dev/null & read -r line <&3; kill -QUIT $!; wait $!; rm -rf -- "$0"'


class Database:
    """A server of its own on a socket. It refuses to run as root, so its folder is somebody else's then."""

    def __init__(self, programs):
        self.programs = programs
        self.folder = pathlib.Path(tempfile.mkdtemp())
        unprivileged = []
        if os.getuid() == 0:
            shutil.chown(self.folder, "nobody")
            unprivileged = ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups"]
        data = self.folder / "data"
        make = ["--pgdata", data, "--username=countersign", "--auth=trust", "--encoding=UTF8", "--locale=C"]
        run([*unprivileged, programs / "initdb", *make], cwd="/")
        serve = [programs / "postgres", "-D", data, "-k", self.folder, "-c", "listen_addresses="]
        with (self.folder / "log").open("w") as log:
            self.process = subprocess.Popen(
                [str(part) for part in ["sh", "-c", SUPERVISOR, self.folder, *unprivileged, *serve]],
                cwd="/", stdin=subprocess.PIPE, stdout=log, stderr=log,
            )
        until = time.monotonic() + 60
        while time.monotonic() < until:
            with contextlib.suppress(subprocess.CalledProcessError):
                self.ask("SELECT 1")
                break
            time.sleep(0.1)
        self.url = f"postgres://countersign@{str(self.folder).replace('/', '%2F')}/postgres"

    def ask(self, statement):
        psql = [self.programs / "psql", "--no-psqlrc", "--tuples-only", "--no-align", "--command", statement]
        return run([*psql, "--host", self.folder, "--username", "countersign", "postgres"]).stdout.decode().split()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.wait()


class Receiver:
    def __init__(self, program, url, secret, effects):
        self.effects = effects
        self.process = subprocess.Popen(
            [program, url, secret, effects, "127.0.0.1:0", str(LEASE)],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        )
        self.address = self.process.stdout.readline().strip()

    def lines(self, word):
        text = self.effects.read_text() if self.effects.exists() else ""
        return [line.split()[1:] for line in text.splitlines() if line.startswith(word)]

    def kill(self):
        self.process.kill()
        self.process.wait()


class Load:
    """Deliveries at several receivers at once, none like another."""

    def __init__(self, program, secret, receivers, first):
        def deliver(number, address):
            connections = first + number * CONNECTIONS
            command = [program, address, secret, CONNECTIONS, SECONDS, "/hooks/github", connections]
            self.rates.append(float(re.search(r"(\d+) acknowledged/s", run(command).stdout.decode()).group(1)))

        self.rates = []
        arguments = [(number, receiver.address) for number, receiver in enumerate(receivers)]
        self.threads = [threading.Thread(target=deliver, args=pair) for pair in arguments]
        for thread in self.threads:
            thread.start()

    def end(self):
        for thread in self.threads:
            thread.join()
        return sum(self.rates)


def held(database):
    return set(database.ask("SELECT claimed_by FROM countersign.jobs WHERE kind = 'run' AND state = 'running'"))


def killed_with_work(database, receiver):
    """Kills a receiver at a moment when it holds runs, and says which: those that stay where they are while it is stopped."""
    for _ in range(100):
        receiver.process.send_signal(signal.SIGSTOP)
        before = held(database)
        time.sleep(0.5)
        if stuck := before & held(database):
            receiver.kill()
            return stuck
        receiver.process.send_signal(signal.SIGCONT)
        time.sleep(0.05)
    raise TimeoutError("it never holds a run")


def resumed(database, receiver):
    """Seconds from the kill until another has everything that the killed one held, and how many runs that were."""
    stuck = killed_with_work(database, receiver)
    began = time.monotonic()
    while stuck & held(database) and time.monotonic() - began < 300:
        time.sleep(0.1)
    return time.monotonic() - began, len(stuck)


def told(receivers):
    """Pushes by the messages that told of them, and messages that were repeated with another text."""
    texts, changed = {}, 0
    for transaction, pushes in (line for receiver in receivers for line in receiver.lines("say")):
        changed += texts.setdefault(transaction, pushes) != pushes
    return sum(int(pushes) for pushes in texts.values()), changed


def replicas(root, scratch):
    found = sorted(VERSIONS.glob("*/bin/initdb"))
    if not found:
        return skipped("two replicas on PostgreSQL", "it is not installed: apt-get install postgresql")
    scratch.mkdir()
    build = ["cargo", "build", "--release", "--locked", "--quiet", "--package", "countersign-serve"]
    run([*build, "--example", "load", "--example", "receive"], cwd=root)
    examples = root / "target/release/examples"
    secret = scratch / "secret"
    secret.write_text(SECRET)
    with Database(found[-1].parent) as database:
        both = [Receiver(examples / "receive", database.url, secret, scratch / f"effects-{n}") for n in range(2)]
        try:
            load = Load(examples / "load", secret, both, 0)
            rate = load.end()
            done = sum(len(receiver.lines("run")) for receiver in both)
            text = f"{done / SECONDS:.0f} jobs/s, {rate:.0f} deliveries/s acknowledged"
            say("two replicas on PostgreSQL", text, "300 jobs/s", done / SECONDS >= 300)

            load = Load(examples / "load", secret, both, 2 * CONNECTIONS)
            time.sleep(SECONDS / 2)
            took, runs = resumed(database, both[0])
            load.end()
            say("one of them killed: its work resumes", f"{took:.1f} s for {runs} runs", "60 s", took <= 60)

            queued = int(database.ask("SELECT count(*) FROM countersign.deliveries WHERE disposition = 'queued'")[0])
            until = time.monotonic() + 120
            while told(both)[0] < queued and time.monotonic() < until:
                time.sleep(0.5)
            pushes, changed = told(both)
            text = f"{pushes - queued + changed} doubled, {max(queued - pushes, 0)} missing, of {queued} pushes"
            say("messages of the same", text, "0 doubled, 0 missing", pushes == queued and changed == 0)
        finally:
            for receiver in both:
                receiver.kill()
