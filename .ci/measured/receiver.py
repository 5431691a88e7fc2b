"""How many deliveries the daemon takes, beside adnanh/webhook in the same run; and what is lost when it is killed."""

import json
import os
import pathlib
import re
import shutil
import socket
import statistics
import subprocess
import time

from .figure import run, say, skipped

SECRET = "a secret that nobody guesses"
NODES = 35
CONNECTIONS, SECONDS, ROUNDS = 64, 5, 3


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def wait_for(port):
    until = time.monotonic() + 30
    while time.monotonic() < until:
        with socket.socket() as client:
            if client.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise TimeoutError(f"nobody listens on {port}")


def load(program, port, secret, path):
    """Acknowledgements a second, and the 95th percentile of the time that one takes, in milliseconds."""
    said = run([program, f"127.0.0.1:{port}", secret, CONNECTIONS, SECONDS, path]).stdout.decode()
    rate = float(re.search(r"(\d+) acknowledged/s", said).group(1))
    p95 = float(re.search(r"p95 ([0-9.]+) ms", said).group(1))
    return rate, p95


def peak(process):
    status = pathlib.Path(f"/proc/{process.pid}/status").read_text()
    return int(re.search(r"VmHWM:\s+(\d+) kB", status).group(1)) * 1024


def ours(binary, program, secret, folder):
    folder.mkdir()
    nodes = "".join(f'\n[nodes.api-{n}]\nrepository = "github:acme/api-{n}"\n' for n in range(NODES))
    (folder / "pipeline.toml").write_text(f'[serve]\nhooks = {{ github = ["env:HOOK_SECRET"] }}\n{nodes}')
    port = free_port()
    process = subprocess.Popen(
        [binary, "serve", "--listen", f"127.0.0.1:{port}"],
        cwd=folder, env={**os.environ, "HOOK_SECRET": SECRET}, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
    )
    try:
        wait_for(port)
        rate, p95 = load(program, port, secret, "/hooks/github")
        return rate, p95, peak(process)
    finally:
        process.terminate()
        process.wait()


def theirs(program, secret, folder):
    folder.mkdir()
    hook = {
        "id": "push",
        "execute-command": shutil.which("true"),
        "trigger-rule": {"match": {
            "type": "payload-hmac-sha256", "secret": SECRET,
            "parameter": {"source": "header", "name": "X-Hub-Signature-256"},
        }},
    }
    (folder / "hooks.json").write_text(json.dumps([hook]))
    port = free_port()
    process = subprocess.Popen(
        ["webhook", "-ip", "127.0.0.1", "-port", str(port), "-hooks", folder / "hooks.json"],
        stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
    )
    try:
        wait_for(port)
        return load(program, port, secret, "/hooks/push")
    finally:
        process.terminate()
        process.wait()


def receiver(binary, root, scratch):
    scratch.mkdir()
    run(["cargo", "build", "--release", "--locked", "--quiet", "--package", "countersign-serve", "--example", "load"], cwd=root)
    program = root / "target/release/examples/load"
    secret = scratch / "secret"
    secret.write_text(SECRET)
    peer = shutil.which("webhook")
    rounds = []
    for number in range(ROUNDS):
        other = theirs(program, secret, scratch / f"theirs-{number}") if peer else None
        rounds.append((ours(binary, program, secret, scratch / f"ours-{number}"), other))
    rate = statistics.median(own[0] for own, _ in rounds)
    p95 = statistics.median(own[1] for own, _ in rounds)
    memory = max(own[2] for own, _ in rounds)
    name = f"durable deliveries at {CONNECTIONS} connections"
    if peer:
        rates = [own[0] / other[0] for own, other in rounds]
        ratio = statistics.median(rates)
        other = statistics.median(other[0] for _, other in rounds)
        text = f"{rate:.0f}/s, adnanh/webhook {other:.0f}/s, ratio {ratio:.2f}"
        say(f"{name}, against adnanh/webhook", text, "ratio 2", ratio >= 2)
    else:
        skipped(f"{name}, against adnanh/webhook", "webhook is not installed: apt-get install webhook")
    say("acknowledgement of the same", f"p95 {p95:.1f} ms", "60 ms", p95 <= 60)
    say("memory of the same", f"{memory / 1e6:.0f} MB", "60 MB", memory <= 60e6)


def lost(root, kills):
    environment = {**os.environ, "SERVE_KILLS": str(kills)}
    tested = subprocess.run(
        ["cargo", "test", "--quiet", "--package", "countersign-serve", "kill::", "--", "--nocapture"],
        cwd=root, env=environment, capture_output=True, text=True,
    )
    said = re.search(r"[^\n]*acknowledged[^\n]*", tested.stdout + tested.stderr)
    text = said.group(0).strip() if said else "no figure was printed"
    say(f"{kills} kills under load", text, "0 lost, 0 told twice", tested.returncode == 0 and bool(said))
