"""Receivers of notices that keep what arrives and answer badly: a GitHub, a Matrix homeserver and a webhook."""

import collections
import http.server
import json
import random
import re
import socket
import threading

# What may befall a write: what the sender sees, and whether the write took effect.
FAULTS = {
    "502": True,
    "502 and nothing done": False,
    "answer lost": True,
    "request lost": False,
    "rate limit": False,
}


class Receivers:
    """One server for all of them; `faults` is the probability that a write goes wrong."""

    def __init__(self, seed, faults):
        self.dice, self.faults = random.Random(seed), faults
        self.lock = threading.Lock()
        self.dispatches, self.hooks = collections.Counter(), collections.Counter()
        self.events, self.comments, self.writes = {}, {}, collections.Counter()
        self.ambiguous = collections.Counter()
        handler = type("Handler", (Handler,), {"receivers": self})
        self.server = Server(("127.0.0.1", 0), handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self):
        self.server.shutdown()

    def befalls(self):
        with self.lock:
            return self.dice.choice(list(FAULTS)) if self.dice.random() < self.faults else None


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request, client_address):
        """A client that was killed breaks its connection off."""


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    receivers = None

    def log_message(self, *_):
        pass

    def do_GET(self):
        self.reply(*self.read())

    def do_POST(self):
        self.write("POST")

    def do_PUT(self):
        self.write("PUT")

    def do_PATCH(self):
        self.write("PATCH")

    def read(self):
        receivers = self.receivers
        if re.fullmatch(r"/api/repos/acme/api/commits/[0-9a-f]+/pulls(\?.*)?", self.path):
            return 200, [{
                "number": 7, "state": "closed", "merged_at": "2026-01-01T00:00:00Z", "title": "A change", "body": "",
                "html_url": "https://forge.example/acme/api/pull/7", "base": {"ref": "main"},
                "head": {"ref": "topic", "sha": "0" * 40, "repo": {"full_name": "acme/api"}},
            }]
        if re.fullmatch(r"/api/repos/acme/api/issues/7/comments(\?.*)?", self.path):
            with receivers.lock:
                return 200, [
                    {"id": number, "body": body, "html_url": f"https://forge.example/comment/{number}",
                     "user": {"login": "bot"}} for number, body in sorted(receivers.comments.items())
                ]
        if self.path == "/api/rate_limit":
            return 200, {"resources": {"core": {"limit": 5000, "remaining": 4999, "reset": 0}}}
        if found := re.fullmatch(r"/api/repos/([^/]+)/([^/?]+)", self.path):
            return 200, {"id": 1, "full_name": "/".join(found.groups()), "default_branch": "main"}
        return 404, {"message": "Not Found"}

    def write(self, method):
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        receivers, fault = self.receivers, self.receivers.befalls()
        effect = fault is None or FAULTS[fault]
        with receivers.lock:
            status, answer, kind = self.take(method, body, effect)
            receivers.writes[kind] += 1
            if fault and fault != "rate limit":
                receivers.ambiguous[kind] += 1
        if fault is None:
            return self.reply(status, answer)
        if fault.startswith("502"):
            return self.reply(502, {"message": "Bad Gateway"})
        if fault == "rate limit":
            if kind == "room":
                return self.reply(429, {"errcode": "M_LIMIT_EXCEEDED", "retry_after_ms": 20})
            return self.reply(429, {"message": "slow down"}, {"retry-after": "0"})
        self.close_connection = True
        self.connection.shutdown(socket.SHUT_RDWR)

    def take(self, method, body, effect):
        """What the write does; what it is answered; what kind of write it is. Called under the lock."""
        receivers, sent = self.receivers, json.loads(body or b"null")
        if re.fullmatch(r"/api/repos/acme/[^/]+/dispatches", self.path):
            receivers.dispatches[sent["client_payload"]["contract"]["key"]] += effect
            return 204, None, "dispatch"
        if found := re.fullmatch(r"/_matrix/client/v3/rooms/[^/]+/send/m\.room\.message/([^/]+)", self.path):
            if effect:
                receivers.events.setdefault(found[1], f"$event{len(receivers.events)}")
            return 200, {"event_id": receivers.events.get(found[1], "$none")}, "room"
        if self.path == "/hook":
            receivers.hooks[self.headers["webhook-id"]] += effect
            return 200, {}, "hook"
        if self.path == "/api/repos/acme/api/issues/7/comments":
            number = len(receivers.comments) + 1
            if effect:
                receivers.comments[number] = sent["body"]
            return 201, {"id": number, "html_url": f"https://forge.example/comment/{number}"}, "comment"
        if found := re.fullmatch(r"/api/repos/acme/api/issues/comments/(\d+)", self.path):
            if effect:
                receivers.comments[int(found[1])] = sent["body"]
            return 200, {"id": int(found[1]), "html_url": "https://forge.example/comment"}, "comment"
        return 404, {"message": f"no {method} {self.path}"}, "other"

    def reply(self, status, answer, headers=None):
        content = b"" if answer is None else json.dumps(answer).encode()
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

