#!/usr/bin/env python3
"""A rock-paper-scissors bot for Agon that is called by webhook; Python's standard library only.

    AGON_WEBHOOK_SECRET=whsec_… python3 bot.py [port]          # 127.0.0.1:9000 unless told otherwise

Register it with POST /api/bots and "connection": {"type": "webhook", "url": "https://…"}; the answer shows the
secret once. Agon calls https at public addresses; to try it on one machine, start Agon with
--webhooks-http on --webhooks-allow 127.0.0.0/8. The protocol: docs/bots.md.
"""
import base64, collections, hashlib, hmac, json, os, random, sys, time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

SECRET = base64.b64decode(os.environ.get("AGON_WEBHOOK_SECRET", "").removeprefix("whsec_"))
BEATS = {"r": "paper", "p": "scissors", "s": "rock"}


def is_signed(headers, body):
    """Standard Webhooks: HMAC-SHA256 over id.timestamp.body, not older than five minutes."""
    sent = headers.get("webhook-timestamp", "0")
    signed = f"{headers.get('webhook-id')}.{sent}.".encode() + body
    wanted = "v1," + base64.b64encode(hmac.digest(SECRET, signed, hashlib.sha256)).decode()
    fresh = sent.isdecimal() and abs(time.time() - int(sent)) < 300
    return fresh and any(hmac.compare_digest(wanted, given) for given in headers.get("webhook-signature", "").split())


def choose(turn):
    """Beats what the opponent played most often; "rp ss" is two rounds, our own move first."""
    played = collections.Counter(r[1] for r in turn["state"]["history"].split() if r[1] in BEATS)
    return BEATS[played.most_common(1)[0][0]] if played else random.choice(turn["valid_actions"])


class Bot(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"  # keeps the connection for the next turn

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if not is_signed(self.headers, body):
            return self.reply(401, {})
        turn = json.loads(body)
        if turn["type"] != "turn_request":  # match_start, round_result, …: nothing to answer
            return self.reply(200, {})
        self.reply(200, {"type": "turn_action", "match_id": turn["match_id"], "request_id": turn["request_id"],
                         "action": choose(turn), "params": {}})

    def reply(self, status, message):
        body = json.dumps(message).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


if __name__ == "__main__":
    address = ("127.0.0.1", int(sys.argv[1]) if len(sys.argv) > 1 else 9000)
    print(f"waiting for turns on http://{address[0]}:{address[1]}/", flush=True)
    ThreadingHTTPServer(address, Bot).serve_forever()
