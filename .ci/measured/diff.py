"""What `diff` costs on big documents and on documents that were made to cost much."""

import json
import os
import shutil
import statistics
import subprocess
import sys

from .figure import run, say, skipped

VERSIONS = ("19.1.0", "22.0.0")
HEAD = '{"openapi": "3.0.3", "info": {"title": "Bomb", "version": "1"}, "paths": {'

# Wall time, processor time, peak memory and exit status of a command, whatever it does.
MEASURE = """
import json, resource, subprocess, sys, time
started = time.perf_counter()
try:
    done = subprocess.run(sys.argv[2:], capture_output=True, timeout=float(sys.argv[1]))
    status, error, found = done.returncode, done.stderr, done.stdout
except subprocess.TimeoutExpired:
    status, error, found = None, b"", b""
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(json.dumps({"wall": time.perf_counter() - started, "cpu": used.ru_utime + used.ru_stime,
                  "memory": used.ru_maxrss * 1024, "status": status, "error": error.decode(errors="replace")[:4000],
                  "bytes": len(found)}))
"""


def measured(command, limit=60):
    command = [sys.executable, "-c", MEASURE, str(limit), *map(str, command)]
    return json.loads(run(command).stdout)


def descriptions(scratch):
    """Two versions of GitHub's description."""
    paths = []
    for version in VERSIONS:
        folder = scratch / version
        folder.mkdir()
        run(["npm", "pack", "--silent", f"@octokit/openapi@{version}"], cwd=folder)
        run(["tar", "--extract", "--gzip", "--file", next(folder.glob("*.tgz"))], cwd=folder)
        paths.append(folder / "package/generated/api.github.com.json")
    return paths


def parser(root, scratch):
    """The program that parses with serde_json, built outside of the workspace."""
    folder = scratch / "parse"
    shutil.copytree(root / ".ci/measured/parse", folder)
    run(["cargo", "build", "--release", "--quiet"], cwd=folder)
    return folder / "target/release/parse"


def speed(binary, parse, pair, runs):
    """Rounds alternate, so that what else the machine does slows both."""
    ours, peers = [], []
    command = [binary, "diff", *pair]
    for _ in range(runs + 1):
        ours.append(measured(command))
        peers.append(min(float(line) for line in run([parse, "3", *pair]).stdout.split()) / 1000)
    took = statistics.median(sample["wall"] for sample in ours[1:])
    peer = statistics.median(peers[1:])
    ratio = took / peer
    cpu = statistics.median(sample["cpu"] for sample in ours[1:])
    text = f"{took * 1000:.0f} ms ({cpu * 1000:.0f} ms of processors), serde_json parses both in {peer * 1000:.0f} ms, ratio {ratio:.2f}"
    say("diff of two versions of GitHub's description, against serde_json's parse", text, "ratio 2.5", ratio <= 2.5)
    memory = max(sample["memory"] for sample in ours)
    say("memory of the same", f"{memory / 1e6:.0f} MB", "300 MB", memory <= 300e6)
    return took, cpu


def findings(binary, pair):
    done = subprocess.run([binary, "diff", "--output-format", "json", *pair], capture_output=True)
    changes = json.loads(done.stdout)["changes"]
    say("findings of the same", f"{len(changes)}, one per cause", "500", len(changes) <= 500)


def yaml(binary, pair, scratch):
    name = "diff of the same as YAML"
    source = (
        "const fs = require('fs'), yaml = require('js-yaml');"
        "for (const path of process.argv.slice(1)) fs.writeFileSync(path.replace(/json$/, 'yaml'),"
        " yaml.dump(JSON.parse(fs.readFileSync(path, 'utf8')), {noRefs: true, lineWidth: -1}));"
    )
    try:
        run(["npm", "install", "--silent", "--prefix", scratch / "yaml", "js-yaml@4"])
        run(["node", "-e", source, *pair], env=os.environ | {"NODE_PATH": str(scratch / "yaml/node_modules")})
    except (OSError, subprocess.CalledProcessError) as error:
        return skipped(name, f"YAML cannot be written with js-yaml: {error}")
    samples = [measured([binary, "diff", *(path.with_suffix(".yaml") for path in pair)]) for _ in range(4)][1:]
    took, memory = statistics.median(sample["wall"] for sample in samples), max(sample["memory"] for sample in samples)
    ended = samples[0]["status"] in (0, 1)
    text = f"{took:.2f} s, {memory / 1e6:.0f} MB, exit {samples[0]['status']}"
    say(name, text, "2 s", ended and took <= 2)


def oasdiff(pair, cpu, scratch):
    """The peer, where the Go tools of this machine can build it."""
    name = "diff of the same, against oasdiff"
    if not shutil.which("go"):
        return skipped(name, "Go is not installed")
    environment = os.environ | {"GOBIN": str(scratch / "go"), "GOTOOLCHAIN": "auto", "GOFLAGS": "-mod=mod"}
    try:
        run(["go", "install", "github.com/oasdiff/oasdiff@v1.11.7"], env=environment, timeout=600)
    except (OSError, subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
        told = getattr(error, "stderr", None) or str(error).encode()
        return skipped(name, f"oasdiff cannot be built: {told.decode().strip().splitlines()[-1][:160]}")
    peer = measured([scratch / "go/oasdiff", "changelog", "--format", "json", *pair], limit=120)
    ratio = peer["cpu"] / cpu
    text = f"{cpu:.2f} s of processors, oasdiff {peer['cpu']:.2f} s and {peer['memory'] / 1e6:.0f} MB, 1/{ratio:.0f}"
    say(name, text, "at most 1/12", ratio >= 12)


def described(schemas):
    """A document whose one operation sends and receives the first schema."""
    content = {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/S0"}}}}
    operation = {"requestBody": content, "responses": {"200": {"description": "OK"} | content}}
    return json.dumps({"openapi": "3.0.3", "info": {"title": "Bomb", "version": "1"},
                       "paths": {"/bomb": {"post": operation}}, "components": {"schemas": schemas}})


def diamonds(kind, leaf):
    """Forty schemas, each of which refers to the next one twice: 2^40 ways to the last."""
    schemas = {}
    for number in range(40):
        next_one = {"$ref": f"#/components/schemas/S{number + 1}"}
        schemas[f"S{number}"] = {
            "allOf": {"allOf": [next_one, next_one]},
            "oneOf": {"oneOf": [next_one, {"type": "array", "items": next_one}]},
            "properties": {"type": "object", "properties": {"a": next_one, "b": next_one}},
        }[kind]
    return described(schemas | {"S40": {"type": leaf}})


def conjunctions(leaf):
    """Cycles through `allOf`: as many different conjunctions as 40 schemas have subsets."""
    schemas = {}
    for number in range(40):
        to = [{"$ref": f"#/components/schemas/S{(number * factor + offset) % 40}"} for factor, offset in
              ((1, 1), (2, 1), (1, 3), (5, 2))]
        schemas[f"S{number}"] = {"type": "object", "properties": {"a": {"allOf": to[:2]}, "b": {"allOf": to[2:]}}}
    schemas["S0"]["minProperties"] = leaf
    return described(schemas)


def mesh(leaf):
    """Three thousand operations, each of which reaches three thousand changes."""
    reference = lambda number: {"$ref": f"#/components/schemas/S{number % 3000}"}  # noqa: E731
    document = json.loads(described({
        f"S{number}": {"type": "object", "properties": {"n": reference(number * 7 + 1), "v": {"type": leaf}}}
        for number in range(3000)
    }))
    for number in range(3000):
        content = {"application/json": {"schema": reference(number)}}
        document["paths"][f"/{number}"] = {"get": {"responses": {"200": {"description": "OK", "content": content}}}}
    return json.dumps(document)


def keys(count, last):
    return HEAD + '}, "x": {' + ",".join(f'"k{number}":1' for number in range(count)) + last + "}}"


def aliases(last):
    levels = "".join(f"a{number}: &a{number} [{', '.join([f'*a{number - 1}'] * 9)}]\n" for number in range(1, 30))
    return f"openapi: 3.0.3\ninfo: {{title: Bomb, version: '1'}}\npaths: {{}}\na0: &a0 [x]\n{levels}last: {last}\n"


def digits(keyword, last):
    return described({"S0": {"type": "number", keyword: "@"}}).replace('"@"', "1" * 1_000_000 + last)


def pattern(anchor):
    hostile = anchor + "(a+)+" * 40 + "$"
    text = "a" * 20_000 + "!"
    return described({"S0": {"type": "string", "pattern": hostile, "example": text, "default": text}})


def bombs():
    """Name, suffix of the files, the documents, and whether they must be refused or may be answered."""
    deep = "[" * 100_000 + "]" * 100_000
    yield "depth 100,000", "json", (HEAD + '}, "x": ' + deep + "}", HEAD + '}, "y": ' + deep + "}"), True
    yield "10 million keys", "json", (keys(10_000_000, ""), keys(10_000_000, ',"l":1')), True
    yield "as many keys as fit", "json", (keys(4_500_000, ""), keys(4_500_000, ',"l":1')), True
    yield "aliases of aliases", "yaml", (aliases(1), aliases(2)), True
    for kind in ("allOf", "oneOf", "properties"):
        yield f"2^40 paths through `{kind}`", "json", (diamonds(kind, "string"), diamonds(kind, "number")), False
    yield "2^40 conjunctions", "json", (conjunctions(1), conjunctions(2)), False
    yield "3,000 operations that reach 3,000 changes", "json", (mesh("string"), mesh("number")), False
    for keyword in ("maximum", "multipleOf", "default"):
        yield f"a `{keyword}` of a million digits", "json", (digits(keyword, "1"), digits(keyword, "2")), False
    yield "a catastrophic pattern", "json", (pattern(""), pattern("^")), False


def hostile(binary, scratch):
    for name, suffix, texts, is_refused in bombs():
        pair = [scratch / f"bomb-{side}.{suffix}" for side in ("old", "new")]
        for path, text in zip(pair, texts):
            path.write_text(text)
        sample = measured([binary, "diff", *pair], limit=30)
        status = "killed after 30 s" if sample["status"] is None else f"exit {sample['status']}"
        told = next((line for line in sample["error"].splitlines() if line.startswith("error")), "")
        text = f"{sample['wall']:.2f} s, {sample['memory'] / 2**20:.0f} MiB, {status}{', ' * bool(told)}{told[:100]}"
        ended = sample["status"] == 2 and told if is_refused else sample["status"] in (0, 1) or told
        promise = "2 s, 512 MiB, " + ("exit 2 with an error" if is_refused else "an answer, or exit 2 with an error")
        say(f"diff of {name}", text, promise, bool(ended) and sample["wall"] <= 2 and sample["memory"] <= 512 * 2**20)
        for path in pair:
            path.unlink()


def diff(binary, root, runs, scratch):
    name = "diff of two versions of GitHub's description"
    scratch.mkdir()
    try:
        pair = descriptions(scratch)
    except (OSError, subprocess.CalledProcessError, StopIteration) as error:
        skipped(name, f"the npm package @octokit/openapi cannot be had: {error}")
    else:
        _, cpu = speed(binary, parser(root, scratch), pair, runs)
        findings(binary, pair)
        yaml(binary, pair, scratch)
        oasdiff(pair, cpu, scratch)
    hostile(binary, scratch)
