#!/usr/bin/env python3
"""A rock-paper-scissors bot for Agon that is called by webhook; Python's standard library only.

    AGON_WEBHOOK_SECRET=whsec_… python3 bot.py [port]          # 127.0.0.1:9000 unless told otherwise

Register it with POST /api/bots and "connection": {"type": "webhook", "url": "https://…"}; the answer shows the
secret once. Agon calls https URLs at public addresses: put this program behind a reverse proxy with a certificate,
or, to try it on one machine, start Agon with webhooks over http and 127.0.0.0/8 allowed. The protocol: docs/bots.md.

AGON_WEBHOOK_SECRET may hold two secrets with a space between while they rotate.
"""
import base64
import collections
import hashlib
import hmac
import json
import os
import random
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

KEYS = [base64.b64decode(s.removeprefix("whsec_")) for s in os.environ.get("AGON_WEBHOOK_SECRET", "").split()]
BEATS = {"r": "paper", "p": "scissors", "s": "rock"}
MAX_BODY = 1 << 20
TOLERANCE_SECONDS = 300


def is_signed(headers, body):
    """Standard Webhooks: HMAC-SHA256 over id.timestamp.body, as one of the signatures in the header."""
    message_id, timestamp = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    if not timestamp.isdecimal() or abs(time.time() - int(timestamp)) > TOLERANCE_SECONDS:
        return False
    signed = f"{message_id}.{timestamp}.".encode() + body
    given = headers.get("webhook-signature", "").encode().split()
    wanted = [b"v1," + base64.b64encode(hmac.digest(key, signed, hashlib.sha256)) for key in KEYS]
    return any(hmac.compare_digest(g, w) for g in given for w in wanted)


def choose(turn):
    """Beats what the opponent played most often; "rp ss" is two rounds, our own move first."""
    played = collections.Counter(r[1] for r in turn["state"].get("history", "").split() if r[1:] in BEATS)
    move = BEATS[played.most_common(1)[0][0]] if played else random.choice(turn["valid_actions"])
    return move if move in turn["valid_actions"] else turn["valid_actions"][0]


class Bot(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"  # keeps the connection for the next turn
    timeout = 60

    def do_POST(self):
        length = self.headers.get("Content-Length", "")
        if not length.isdecimal() or int(length) > MAX_BODY:
            self.close_connection = True
            return self.reply(413)
        body = self.rfile.read(int(length))
        if not is_signed(self.headers, body):
            return self.reply(401)
        message = json.loads(body)
        if message["type"] != "turn_request":  # match_start, round_result, …: nothing to answer
            return self.reply(204)
        # The same request_id may come twice; any answer is good, the first one counts.
        self.reply(200, {"type": "turn_action", "match_id": message["match_id"],
                         "request_id": message["request_id"], "action": choose(message), "params": {}})

    def reply(self, status, message=None):
        body = json.dumps(message).encode() if message is not None else b""
        self.send_response(status)
        if status != 204:
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


if __name__ == "__main__":
    if not KEYS:
        sys.exit("AGON_WEBHOOK_SECRET is not set: it is the whsec_… secret of the bot")
    port = int(sys.argv[1]) if len(sys.argv) > 1 else 9000
    print(f"waiting for turns on http://127.0.0.1:{port}/", flush=True)
    ThreadingHTTPServer(("127.0.0.1", port), Bot).serve_forever()
