"""A registry of 20 clients over 5 contracts: what nothing costs, and what one change does."""

import hashlib
import json
import os
import statistics
import time

from .figure import say, run
from .repository import Repository

CONTRACTS, CLIENTS, FILES = 5, 4, 80
CHANGED = "contract-3"

# Each client has its own name and pause; what is declared first, and what ends first, is not first by name.
GENERATOR = """\
#!/bin/sh
# SPEC OUT NAME PAUSE LOG: as many files as a client has, and a line in the log.
set -eu
echo "$3" >>"$5" 2>/dev/null || true
sleep "$4"
mkdir -p "$2/models"
number=0
while [ $number -lt FILES ]; do
    { printf '// %s %s\\n' "$3" "$number"; dd if="$1" bs=4000 skip=$((number % 10)) count=1 2>/dev/null; } \\
        >"$2/models/$number.ts"
    number=$((number + 1))
done
""".replace("FILES", str(FILES))


def document(name, version):
    """An OpenAPI document of some 60 kB."""
    schemas, paths = {}, {}
    for number in range(60):
        schema = f"{name.title().replace('-', '')}Thing{number}"
        described = f"of {schema}, version {version}"
        properties = {f"field_{field}": {"type": "string", "description": f"Field {field} {described}"}
                      for field in range(6)}
        schemas[schema] = {"type": "object", "required": ["field_0"], "properties": properties}
        content = {"application/json": {"schema": {"$ref": f"#/components/schemas/{schema}"}}}
        paths[f"/{name}/things{number}/{{id}}"] = {"get": {
            "operationId": f"get{schema}",
            "parameters": [{"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}],
            "responses": {"200": {"description": "Found", "content": content}},
        }}
    described = {"openapi": "3.1.0", "info": {"title": name, "version": f"{version}.0.0"}, "paths": paths}
    return json.dumps(described | {"components": {"schemas": schemas}}, indent=2) + "\n"


def client_names(contract):
    return [f"{contract}-{language}" for language in ("go", "java", "python", "web")]


def pipeline(contracts, log, pause):
    """The clients in the reverse order of their names."""
    parts = [f'[contracts.{contract}]\nprovider = {{ repository = "github:acme/{contract}", path = "openapi.json" }}\n'
             for contract in reversed(contracts)]
    for contract in reversed(contracts):
        for client in reversed(client_names(contract)):
            parts.append(
                f'[clients.{client}]\ncontract = "{contract}"\nroot = "clients/{client}"\noutput = "generated"\n'
                f'generate = {{ command = ["../../tools/generator", "{{spec}}", "{{out}}", "{client}", "{pause}", '
                f'"{log}"], inputs = ["package.json"] }}\n'
            )
    return "\n".join(parts)


def inputs_hashed(root):
    """How long it takes to read and hash what the locks name, in seconds, and how many files and bytes it is."""
    started, count, size = time.perf_counter(), 0, 0
    for top in ("contracts", "clients"):
        for folder, _, names in os.walk(root / top):
            for name in names:
                with open(os.path.join(folder, name), "rb") as file:
                    content = file.read()
                hashlib.sha256(content).digest()
                count, size = count + 1, size + len(content)
    return time.perf_counter() - started, count, size


def prepared(binary, scratch, pause):
    """The registry, accepted and committed, and the log that its generators write where they can reach it."""
    repository, log = Repository(scratch, binary), scratch / "log"
    contracts = [f"contract-{number}" for number in range(1, CONTRACTS + 1)]
    repository.write("tools/generator", GENERATOR, executable=True)
    repository.write("pipeline.toml", pipeline(contracts, log, 0))
    for contract in contracts:
        (scratch / f"{contract}.json").write_text(document(contract, 1))
        for client in client_names(contract):
            repository.write(f"clients/{client}/package.json", f'{{"name": "{client}"}}\n')
    for contract in contracts:
        repository.run("accept", contract, "--from", str(scratch / f"{contract}.json"))
    # The pause is part of the tool's configuration, so the locks are made anew with it.
    repository.write("pipeline.toml", pipeline(contracts, log, pause))
    repository.run("generate")
    repository.commit("The registry")
    return repository, log


def ran(log):
    """Who ran since the last look, by name."""
    names = sorted(log.read_text().split()) if log.exists() else []
    log.write_text("")
    return names


def unchanged(repository, log, runs):
    ours, peers, starts = [], [], []
    for _ in range(runs + 1):  # the first warms the caches
        started = time.perf_counter()
        repository.run("check")
        ours.append(time.perf_counter() - started)
        took, count, size = inputs_hashed(repository.root)
        peers.append(took)
        started = time.perf_counter()
        run([repository.binary, "--version"])
        starts.append(time.perf_counter() - started)
    each = sorted(our - peer - start for our, peer, start in list(zip(ours, peers, starts))[1:])
    over = statistics.median(each)
    ours, peer, start = (statistics.median(times[1:]) for times in (ours, peers, starts))
    text = f"{ours * 1000:.0f} ms, against {peer * 1000:.0f} ms to hash {count} files of {size / 1e6:.1f} MB"
    text += f" and {start * 1000:.0f} ms to start: {over * 1000:+.0f} ms, at best {each[0] * 1000:+.0f} ms"
    say("check of 20 unchanged clients over 5 contracts", text, "50 ms over the hashing of the inputs", over <= 0.050)
    ran(log)
    repository.run("check", "--cage", "bare")  # on this rung a tool can reach the log
    report = repository.json("check")
    proofs = {client["proof"] for contract in report["contracts"] for client in contract["clients"]}
    started = ran(log)
    text = f"{len(started)} tools ran, every client is proved by {' and '.join(sorted(map(str, proofs)))}"
    say("tools that it starts", text, "none", not started and proofs == {"lock"})


def one_changed(repository, log, scratch, pause):
    (scratch / "changed.json").write_text(document(CHANGED, 2))
    repository.run("accept", CHANGED, "--from", str(scratch / "changed.json"), "--cage", "bare")
    by_accept = ran(log)
    repository.run("check", "--cage", "bare")
    by_check, expected = ran(log), client_names(CHANGED)
    text = f"accept ran {len(by_accept)} of 20, check {len(by_check)}"
    say("one contract changed", text, "only its 4 clients run", by_accept == by_check == expected)
    started = time.perf_counter()
    first = repository.run("check", "--output-format", "json").stdout
    took = time.perf_counter() - started
    report = json.loads(first)
    orders = [[contract["name"] for contract in report["contracts"]]]
    orders += [[client["name"] for client in contract["clients"]] for contract in report["contracts"]]
    is_stable = all(repository.run("check", "--output-format", "json").stdout == first for _ in range(2))
    text = "by name" if all(order == sorted(order) for order in orders) else f"{orders}"
    text += ", the same bytes in 3 runs" if is_stable else ", and not the same in 3 runs"
    say("the order of its report", text, "stable", is_stable and all(order == sorted(order) for order in orders))
    cores = len(os.sched_getaffinity(0))
    rounds = -(-CLIENTS // cores)
    text = f"{took:.1f} s for {CLIENTS} generators of {pause:.0f} s on {cores} cores"
    promise = f"in parallel: {rounds * pause:.0f} s and not {CLIENTS * pause:.0f} s"
    say("its clients", text, promise, rounds == CLIENTS or took < (rounds + CLIENTS) / 2 * pause)


def registry(binary, runs, scratch):
    pause = 1.0
    repository, log = prepared(binary, scratch / "registry", pause)
    unchanged(repository, log, runs)
    one_changed(repository, log, scratch, pause)
