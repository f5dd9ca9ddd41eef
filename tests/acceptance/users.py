"""Users of the Player API, for the tests that need some: accounts, tournaments of people, players in a queue."""
import agon

PASSWORD = "correct horse battery"
API = "/api/v1"
T = API + "/tournaments"
QUEUE = T + "/matchmaking/"


def bearer(token):
    return {"Authorization": "Bearer " + token}


def sign_up(where, name, password=PASSWORD):
    answer = where.post("/api/v1/auth/register", {"username": name, "password": password})
    assert answer.status == 201, answer
    return answer.json


def sign_in(where, name, password=PASSWORD):
    return where.post("/api/v1/auth/login", {"username": name, "password": password})


def me(where, token):
    return where.get("/api/v1/auth/me", **bearer(token))


def command(where, *args, **more):
    done = agon.run(*args, "--data", where.data, **more)
    assert done.returncode == 0, done
    return done.stdout.strip()


class People:
    """An admin and players, each with a token, on one server."""

    def __init__(self, where, names, money=0):
        self.where = where
        self.admin = bearer(command(where, "token", "--username", "root", "--role", "admin"))
        self.tokens, self.ids = {}, {}
        for name in names:
            made = sign_up(where, name)
            self.tokens[name], self.ids[name] = bearer(made["accessToken"]), made["user"]["id"]
            if money:
                self.ok("POST", API + "/wallet/deposits", {"userId": self.ids[name], "amount": money}, 201, self.admin)

    def ask(self, method, path, body=None, who=None):
        return self.where.request(method, path, body, **(who or self.admin))

    def ok(self, method, path, body=None, status=200, who=None):
        answer = self.ask(method, path, body, who)
        assert answer.status == status, answer
        return answer.json if answer.body else None

    def balance(self, name):
        return self.ok("GET", API + "/wallet", who=self.tokens[name])["balance"]

    def tournament(self, entrants, **fields):
        body = {"name": "Cup", "maxParticipants": max(2, len(entrants)), "status": "REGISTRATION_OPEN", **fields}
        made = self.ok("POST", T, body, 201)["id"]
        for name in entrants:
            self.ok("POST", f"{T}/{made}/join", {}, 201, self.tokens[name])
        return made

    def matches(self, tournament, status="IN_PROGRESS"):
        return [m for m in self.ok("GET", f"{T}/{tournament}")["matches"] if m["status"] == status]

    def name_of(self, user_id):
        return next(name for name, known in self.ids.items() if known == user_id)

    def report(self, match, winner_side="A"):
        winner = match[f"player{winner_side}Id"]
        score = {"scoreA": 11, "scoreB": 8} if winner_side == "A" else {"scoreA": 8, "scoreB": 11}
        return self.ok("POST", f"{T}/matches/{match['id']}/result", {"winnerId": winner, **score},
                       who=self.tokens[self.name_of(match["playerAId"])])


class Player:
    """Somebody who has signed up."""

    def __init__(self, server, name):
        self.server = server
        made = sign_up(server, name)
        self.token, self.id = made["accessToken"], made["user"]["id"]

    def post(self, path, body=None):
        return self.server.post(path, body or {}, **bearer(self.token))

    def status(self):
        answer = self.server.get(QUEUE + "status", **bearer(self.token))
        assert answer.status == 200, answer
        return answer.json

    def join(self, **body):
        return self.post(QUEUE + "join", body)

    def block(self, other):
        return self.server.request("PUT", f"{API}/blocks/{other.id}", **bearer(self.token))

    def unblock(self, other):
        return self.server.request("DELETE", f"{API}/blocks/{other.id}", **bearer(self.token))

    def blocks(self):
        return self.server.get(API + "/blocks", **bearer(self.token)).json

    def match(self):
        found = self.status()["match"]
        return found and found["id"]
