"""A GitHub with a memory (npm `emulate`) on loopback, and the front before it, which kills whoever comes to a step."""

import base64
import contextlib
import http.client
import http.server
import json
import re
import socket
import subprocess
import threading
import time

from .figure import run

# The writes of a proposal, in their order. What takes the place of an older one needs several.
STEPS = {
    "blob": r"POST /repos/[^/]+/[^/]+/git/blobs",
    "tree": r"POST /repos/[^/]+/[^/]+/git/trees",
    "commit": r"POST /repos/[^/]+/[^/]+/git/commits",
    "branch": r"POST /repos/[^/]+/[^/]+/git/refs",
    "pull request": r"POST /repos/[^/]+/[^/]+/pulls",
    "the older one": r"POST /repos/[^/]+/[^/]+/issues/\d+/comments|PATCH /repos/[^/]+/[^/]+/pulls/\d+"
                     r"|DELETE /repos/[^/]+/[^/]+/git/refs/.+",
}

# Ends everything that was started here when its standard input ends, so that nothing outlives a run that is killed.
SUPERVISOR = 'exec 3<&0; (read -r line <&3; kill -KILL 0) & exec "$@" 3<&- </dev/null'


def seed(tokens):
    return {
        "tokens": {token: {"login": "ana", "scopes": ["repo"]} for token in tokens},
        "github": {
            "users": [{"login": "ana", "email": "ana@example.com"}],
            "orgs": [{"login": "acme", "members": [{"login": "ana", "role": "admin"}]}],
            "repos": [{"owner": "acme", "name": name, "private": False} for name in ("api", "archiver")],
        },
    }


class Emulator:
    """The emulator, asked as the first of its people's tokens. Each token has 5,000 requests."""

    def __init__(self, root, folder, tokens):
        modules = root / "target/tools/emulator"
        run([root / "tests/tools/npm", modules, root / "tests/tools/peers/emulator"])
        folder.mkdir(parents=True)
        (folder / "seed.json").write_text(json.dumps(seed(tokens)))
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        programs = modules / "node_modules"
        self.log = folder / "log"
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                ["sh", "-c", SUPERVISOR, "peer", programs / ".bin/node", programs / "emulate/dist/index.js", "start",
                 "--service", "github", "--seed", "seed.json", "--port", str(self.port),
                 "--base-url", f"http://127.0.0.1:{self.port}"],
                cwd=folder, stdin=subprocess.PIPE, stdout=log, stderr=log, start_new_session=True,
            )
        self.token = tokens[0]
        self.wait()

    def wait(self):
        deadline = time.monotonic() + 60
        while True:
            try:
                return self.get("/rate_limit")
            except OSError as error:
                if self.process.poll() is not None or time.monotonic() > deadline:
                    raise RuntimeError(f"the emulator does not answer: {self.log.read_text()}") from error
                time.sleep(0.05)

    def stop(self):
        self.process.stdin.close()
        self.process.wait()

    def forward(self, method, path, headers, body):
        """Status, headers and body of the emulator's answer."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        with contextlib.closing(connection):
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            return answer.status, answer.getheaders(), answer.read()

    def ask(self, method, path, body=None):
        headers = {"authorization": f"Bearer {self.token}", "content-type": "application/json"}
        status, _, answer = self.forward(method, path, headers, None if body is None else json.dumps(body))
        return status, json.loads(answer or b"null")

    def get(self, path):
        status, answer = self.ask("GET", path)
        if status != 200:
            raise RuntimeError(f"GET {path}: {status} {answer}")
        return answer

    def make(self, method, path, body):
        status, answer = self.ask(method, path, body)
        if status not in (200, 201):
            raise RuntimeError(f"{method} {path}: {status} {answer}")
        return answer

    def all(self, path):
        """All pages of a list."""
        found, sign = [], "&" if "?" in path else "?"
        while True:
            page = self.get(f"{path}{sign}per_page=100&page={len(found) // 100 + 1}")
            found += page
            if len(page) < 100:
                return found

    def file(self, repository, revision, path):
        answer = self.get(f"/repos/{repository}/contents/{path}?ref={revision}")
        return base64.b64decode(answer["content"])

    def write(self, repository, path, content):
        """Commit a file on `main`; the commit's name."""
        target = f"/repos/{repository}/contents/{path}"
        status, there = self.ask("GET", f"{target}?ref=main")
        body = {"message": "Write", "branch": "main", "content": base64.b64encode(content).decode()}
        if status == 200:
            body["sha"] = there["sha"]
        return self.make("PUT", target, body)["commit"]["sha"]

    def push(self, repository, name):
        """Bring the one commit of a local repository here as `main`, object by object, under git's own names."""
        entries = []
        for line in repository.git("ls-tree", "-r", "HEAD").splitlines():
            facts, path = line.split("\t")
            mode, kind, blob = facts.split()
            content = base64.b64encode((repository.root / path).read_bytes()).decode()
            made = self.make("POST", f"/repos/{name}/git/blobs", {"content": content, "encoding": "base64"})
            assert made["sha"] == blob, f"{path} is another blob here"
            entries.append({"path": path, "mode": mode, "type": kind, "sha": blob})
        tree = self.make("POST", f"/repos/{name}/git/trees", {"tree": entries})["sha"]
        facts = repository.git("show", "--no-patch", "--format=%an%n%ae%n%aI%n%cn%n%ce%n%cI%n%B", "HEAD").split("\n", 6)
        people = [dict(zip(("name", "email", "date"), facts[at:at + 3])) for at in (0, 3)]
        body = {"message": facts[6].removesuffix("\n"), "tree": tree, "parents": [],
                "author": people[0], "committer": people[1]}
        commit = self.make("POST", f"/repos/{name}/git/commits", body)["sha"]
        assert commit == repository.git("rev-parse", "HEAD").strip(), "the commit has another name here"
        self.make("PATCH", f"/repos/{name}/git/refs/heads/main", {"sha": commit, "force": True})


class Front:
    """Stands before the emulator, knows who asks by the token, and kills who comes to a step.

    What a killed run sent either never arrives, or arrives after its end. As GitHub does, and the emulator does not, it
    refuses a second open pull request of one branch.
    """

    def __init__(self, emulator, dice):
        self.emulator, self.dice, self.lock, self.pulls = emulator, dice, threading.Lock(), threading.Lock()
        self.late = 0
        self.calm()
        handler = type("Handler", (Handler,), {"front": self})
        self.server = Server(("127.0.0.1", 0), handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()

    def aim(self, step, victims):
        """From now on, the first so many runs to come to this step are killed there."""
        with self.lock:
            self.step, self.victims, self.runs, self.log = step, victims, {}, []
            self.killed = {"before": 0, "after": 0}

    def calm(self):
        """Kill nobody. What was sent by the killed has arrived when this returns."""
        with self.lock:
            self.step, self.victims = None, 0
        while self.late:
            time.sleep(0.01)

    def started(self, token, process):
        with self.lock:
            self.runs[token] = process

    def fate(self, token, request):
        """Whether who asks dies here, and how: `before` the request arrives, or `after`."""
        with self.lock:
            if not self.victims or not re.fullmatch(STEPS[self.step], request) or token not in self.runs:
                return None
            self.victims -= 1
            fate = self.dice.choice(("before", "after"))
            self.killed[fate] += 1
            self.late += 1
            return self.runs.pop(token), fate, self.dice.uniform(0, 0.4)

    def answer(self, method, path, headers, body):
        token = headers.get("authorization", "").rpartition(" ")[2]
        request = f"{method} {path.partition('?')[0]}"
        fated = self.fate(token, request)
        if not fated:
            answer = self.pass_on(method, path, headers, body)
            self.tell(token, f"{method} {path}", answer[0])
            return answer
        process, fate, late = fated
        process.kill()
        process.wait()
        try:
            if fate == "after":
                time.sleep(late)
                status = self.pass_on(method, path, headers, body)[0]
                self.tell(token, f"{method} {path}", f"{status}, {late:.1f} s after the sender was killed")
            else:
                self.tell(token, f"{method} {path}", "never arrived: the sender was killed")
        finally:
            with self.lock:
                self.late -= 1
        return None

    def tell(self, token, request, what):
        with self.lock:
            self.log.append(f"{time.monotonic():.3f} {token} {request}: {what}")

    def pass_on(self, method, path, headers, body):
        if not re.fullmatch(STEPS["pull request"], f"{method} {path}"):
            return self.emulator.forward(method, path, headers, body)
        wanted = json.loads(body)
        with self.pulls:
            for pull in self.emulator.all(f"{path}?state=open"):
                if (pull["head"]["ref"], pull["base"]["ref"]) == (wanted["head"], wanted["base"]):
                    message = f"A pull request already exists for acme:{wanted['head']}."
                    refusal = {"message": "Validation Failed", "errors": [
                        {"resource": "PullRequest", "code": "custom", "message": message}]}
                    return 422, [("content-type", "application/json")], json.dumps(refusal).encode()
            return self.emulator.forward(method, path, headers, body)


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, request, client_address):
        """A client that was killed breaks its connection off."""


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    front = None

    def log_message(self, *_):
        pass

    def answer(self):
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        dropped = ("host", "connection", "content-length", "accept-encoding")
        headers = {name.lower(): value for name, value in self.headers.items() if name.lower() not in dropped}
        answer = self.front.answer(self.command, self.path, headers, body or None)
        if answer is None:
            self.close_connection = True
            return
        status, headers, content = answer
        self.send_response_only(status)
        for name, value in headers:
            if name.lower() not in ("connection", "keep-alive", "transfer-encoding", "content-length"):
                self.send_header(name, value)
        if status not in (204, 304):
            self.send_header("content-length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = answer
