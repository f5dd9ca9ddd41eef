// Players who live through matchmaking as API clients do: accounts and the queue over HTTP, what happens to them over /ws, with
// the WebSocket library `ws` of npm. Every frame is held against the server's AsyncAPI document.
//
//     node matchmaking_clients.mjs URL SCENARIO [ADMIN_TOKEN]
//
// Status 1 and the reason where something is not as it should be. Nothing sleeps: events are awaited, up to a deadline.
import assert from 'node:assert/strict';

import {Schemas, need} from './schemas.mjs';

const WebSocket = need('ws');

const [url, scenario, adminToken] = process.argv.slice(2);
/// Nothing may take longer; what is normal takes a hundredth of it.
const PATIENCE_MS = 30_000;
const QUEUE = '/api/v1/tournaments/matchmaking/';
const PASSWORD = 'correct horse battery';

async function http(token, method, path, body, status = 200) {
    const answer = await fetch(url + path, {
        method,
        headers: {...(token && {Authorization: `Bearer ${token}`}), ...(body && {'Content-Type': 'application/json'})},
        body: body && JSON.stringify(body),
        signal: AbortSignal.timeout(PATIENCE_MS),
    });
    const text = await answer.text();
    assert.equal(answer.status, status, `${method} ${path} → ${answer.status} ${text}`);
    return text && JSON.parse(text);
}

// --- the document of the live API

const document = await http(null, 'GET', '/asyncapi.json');
const schemas = new Schemas(document.components.schemas);
assert.deepEqual(schemas.mistakes, []);

function documented(frame) {
    const message = document.components.messages[frame.event];
    assert.ok(message, `the document has no message ${frame.event}`);
    assert.deepEqual(schemas.check(message.payload, frame), [], JSON.stringify(frame));
    return frame;
}

// --- a socket

/// Hears in order; who waits gets what comes next.
class Socket {
    static async open(player, {header = true} = {}) {
        const socket = new Socket(player, header);
        if (!header) socket.say('auth', {token: player.token});
        const {userId, username} = await socket.next('authenticated');
        assert.deepEqual({userId, username}, {userId: player.id, username: player.name});
        return socket;
    }

    constructor(player, header) {
        this.heard = [];
        this.waiting = [];
        this.ws = new WebSocket(url.replace('http', 'ws') + '/ws', header ? {headers: {Authorization: `Bearer ${player.token}`}} : {});
        this.opened = new Promise((resolve, reject) => this.ws.once('open', resolve).once('error', reject));
        this.opened.catch(() => {});
        this.closed = new Promise((resolve) => this.ws.once('close', (code) => resolve(code)));
        this.ws.on('message', (text) => this.hear(documented(JSON.parse(text))));
        this.ws.on('error', (error) => this.hear({event: 'broken', data: error.message}));
        this.ws.on('close', (code) => this.hear({event: 'closed', data: code}));
    }

    hear(frame) {
        const waiting = this.waiting.shift();
        if (waiting) waiting(frame);
        else this.heard.push(frame);
    }

    async say(event, data) {
        await this.opened;
        this.ws.send(JSON.stringify({event, data}));
    }

    /// The next frame, whatever it is.
    frame() {
        if (this.heard.length > 0) return Promise.resolve(this.heard.shift());
        return new Promise((resolve, reject) => {
            const late = setTimeout(() => reject(new Error('waited in vain for a frame')), PATIENCE_MS);
            this.waiting.push((frame) => {
                clearTimeout(late);
                resolve(frame);
            });
        });
    }

    /// The data of the next frame, which must be of this event.
    async next(event) {
        const frame = await this.frame();
        assert.equal(frame.event, event, JSON.stringify(frame));
        return frame.data;
    }

    /// What comes up to the answer to a ping: all that was told before it was asked.
    async untilPong() {
        await this.say('ping', {});
        const frames = [];
        for (let frame; (frame = await this.frame()).event !== 'pong';) frames.push(frame);
        return frames;
    }

    /// Begins the user's own channel anew. What came since the greeting comes again, so it is left out here.
    async subscribe(player, since) {
        await this.say('subscribe', {channel: player.channel, ...(since !== undefined && {since})});
        for (;;) {
            const frame = await this.frame();
            if (frame.event === 'subscribed') {
                assert.equal(frame.data.channel, player.channel);
                return frame.data;
            }
            assert.equal(frame.data?.channel, player.channel, JSON.stringify(frame));
        }
    }

    /// As a lost connection does.
    async drop() {
        this.ws.terminate();
        await this.closed;
    }

    async close() {
        this.ws.close();
        await this.closed;
    }
}

// --- a player

class Player {
    static async signUp(name) {
        const made = await http(null, 'POST', '/api/v1/auth/register', {username: name, password: PASSWORD}, 201);
        return new Player(name, made);
    }

    constructor(name, {accessToken, user}) {
        this.name = name;
        this.token = accessToken;
        this.id = user.id;
        this.channel = `user:${user.id}`;
    }

    ask(method, path, body, status) {
        return http(this.token, method, path, body, status);
    }
    join(body, status) {
        return this.ask('POST', QUEUE + 'join', body, status);
    }
    order(verb, status) {
        return this.ask('POST', QUEUE + verb, undefined, status);
    }
    status() {
        return this.ask('GET', QUEUE + 'status');
    }
    match(id) {
        return this.ask('GET', `/api/v1/tournaments/matches/${id}`);
    }
    report(id, result, status) {
        return this.ask('POST', `/api/v1/tournaments/matches/${id}/result`, result, status);
    }
    async rating() {
        return (await this.ask('GET', '/api/v1/auth/me')).profile.skillRating;
    }
}

/// Two players who listen: one is known by the handshake, one by its first frame.
async function two(names) {
    const players = await Promise.all(names.map((name) => Player.signUp(name)));
    const sockets = await Promise.all(players.map((player, i) => Socket.open(player, {header: i === 0})));
    await Promise.all(sockets.map((socket, i) => socket.subscribe(players[i])));
    return {players, sockets};
}

async function joins(player, socket, body) {
    const answer = await player.join(body);
    assert.equal(answer.success, true);
    assert.ok(Number.isInteger(answer.estimatedWaitTime) && answer.estimatedWaitTime >= 0, JSON.stringify(answer));
    const queued = await socket.next('matchmaking.queued');
    assert.equal(queued.returned, false);
    assert.ok(queued.timeoutAt > queued.queuedAt);
    return queued;
}

/// Both hear of each other; the match's id.
async function areMatched(players, sockets, asked) {
    const told = await Promise.all(sockets.map((socket) => socket.next('matchmaking.matched')));
    assert.equal(told[0].matchId, told[1].matchId);
    for (const i of [0, 1]) {
        assert.equal(told[i].opponentId, players[1 - i].id);
        assert.equal(told[i].rating, told[1 - i].opponentRating);
        assert.equal(typeof told[i].acceptBy === 'string', asked, JSON.stringify(told[i]));
    }
    return told[0].matchId;
}

async function areReady(players, sockets, match, game) {
    const told = await Promise.all(sockets.map((socket) => socket.next('matchmaking.match_ready')));
    for (const i of [0, 1]) {
        const {matchId, opponentId} = told[i];
        assert.deepEqual({matchId, opponentId, game: told[i].game}, {matchId: match, opponentId: players[1 - i].id, game});
        const {inQueue, match: found} = await players[i].status();
        assert.equal(inQueue, false);
        assert.deepEqual([found.id, found.ready, found.opponentId, found.opponent.username],
            [match, true, players[1 - i].id, players[1 - i].name]);
    }
}

/// The first of the two wins; both see it, and hear it on these sockets. The seq of that.
async function playOut(players, match, sockets) {
    const shown = await players[0].match(match);
    assert.equal(shown.status, 'IN_PROGRESS');
    assert.deepEqual(new Set([shown.playerA.username, shown.playerB.username]), new Set(players.map((p) => p.name)));
    const isA = shown.playerAId === players[0].id;
    const result = {winnerId: players[0].id, scoreA: isA ? 11 : 8, scoreB: isA ? 8 : 11};
    const over = await players[0].report(match, result);
    assert.deepEqual([over.status, over.winnerId, over.winner.username, over.scoreA, over.scoreB],
        ['COMPLETED', players[0].id, players[0].name, result.scoreA, result.scoreB]);
    assert.deepEqual(await players[1].match(match), over);
    assert.deepEqual(await players[1].report(match, result), over);
    await players[1].report(match, {...result, winnerId: players[1].id, scoreA: result.scoreB, scoreB: result.scoreA}, 409);
    const told = await Promise.all(sockets.map((socket) => socket.next('matchmaking.match_completed')));
    for (const {matchId, winnerId, scoreA, scoreB} of told)
        assert.deepEqual({matchId, winnerId, scoreA, scoreB}, {matchId: match, ...result});
    return told[0].seq;
}

async function nothingMore(sockets) {
    for (const socket of sockets) assert.deepEqual(await socket.untilPong(), []);
}

// --- the scenarios

const scenarios = {
    /// The source's section from top to bottom: join, status, leave, match, result, ratings, statistics.
    async section() {
        const {players, sockets} = await two(['ana', 'ben']);
        const [ana, ben] = players;
        const queued = await joins(ana, sockets[0]);
        assert.equal(queued.rating, 1200);
        const waiting = await ana.status();
        assert.deepEqual([waiting.inQueue, waiting.position, Number.isInteger(waiting.estimatedWaitTime)], [true, 1, true]);
        assert.equal(waiting.queuedAt, queued.queuedAt);
        await ana.join(undefined, 409);
        assert.deepEqual(await ana.order('leave'), {success: true});
        assert.equal((await sockets[0].next('matchmaking.cancelled')).reason, 'left');
        assert.equal((await ana.status()).inQueue, false);
        await ana.order('leave', 404);

        await joins(ana, sockets[0]);
        await joins(ben, sockets[1]);
        const match = await areMatched(players, sockets, false);
        await areReady(players, sockets, match, 'pool');
        const during = await http(adminToken, 'GET', QUEUE + 'statistics');
        assert.deepEqual([during.queueSize, during.matchesCreated, during.activeMatches], [0, 1, 1]);
        await ana.order('decline', 404);
        await playOut(players, match, sockets);

        // K is 32, and equals were expected to win half: sixteen points change hands.
        assert.deepEqual([await ana.rating(), await ben.rating()], [1216, 1184]);
        const [step] = (await ana.ask('GET', `/api/v1/users/${ben.id}/ratings`)).ratings;
        assert.deepEqual([step.matchId, step.opponent.username, step.result, step.before, step.after, step.change],
            [match, 'ana', 'LOST', 1200, 1184, -16]);
        const board = (await ben.ask('GET', '/api/v1/leaderboard?game=pool')).leaderboard;
        assert.deepEqual(board.map((row) => [row.rank, row.user.username, row.rating]), [[1, 'ana', 1216], [2, 'ben', 1184]]);
        const after = await http(adminToken, 'GET', QUEUE + 'statistics');
        assert.deepEqual([after.queueSize, after.matchesCreated, after.activeMatches], [0, 1, 0]);
        assert.ok(Number.isInteger(after.averageWaitTime), JSON.stringify(after));

        // They join with what they have now.
        assert.equal((await joins(ana, sockets[0])).rating, 1216);
        assert.equal((await joins(ben, sockets[1])).rating, 1184);
        await areReady(players, sockets, await areMatched(players, sockets, false), 'pool');
        await nothingMore(sockets);
        await Promise.all(sockets.map((socket) => socket.close()));
    },

    /// Where both are asked: the match begins once both have accepted, and not before.
    async accepted() {
        const {players, sockets} = await two(['ana', 'ben']);
        for (const i of [0, 1]) await joins(players[i], sockets[i]);
        const match = await areMatched(players, sockets, true);
        const asked = (await players[0].status()).match;
        assert.deepEqual([asked.id, asked.ready, asked.accepted, asked.opponent.username], [match, false, false, 'ben']);
        await players[0].ask('GET', `/api/v1/tournaments/matches/${match}`, undefined, 404);
        await players[0].order('accept');
        assert.equal((await players[0].status()).match.accepted, true);
        await nothingMore(sockets);
        await players[1].order('accept');
        await areReady(players, sockets, match, 'pool');
        await playOut(players, match, sockets);
        assert.deepEqual([await players[0].rating(), await players[1].rating()], [1216, 1184]);
        await nothingMore(sockets);
    },

    /// One declines: it is out, the other waits again where it stood and meets the next who comes.
    async declined() {
        const {players, sockets} = await two(['ana', 'ben']);
        const queued = await joins(players[0], sockets[0]);
        await joins(players[1], sockets[1]);
        const match = await areMatched(players, sockets, true);
        await players[0].order('accept');
        await players[1].order('decline');
        const own = await sockets[1].next('matchmaking.declined');
        assert.deepEqual([own.matchId, own.declined, own.byYou], [match, true, true]);
        const others = await sockets[0].next('matchmaking.declined');
        assert.deepEqual([others.matchId, others.declined, others.byYou], [match, true, false]);
        const again = await sockets[0].next('matchmaking.queued');
        assert.deepEqual([again.returned, again.queuedAt], [true, queued.queuedAt]);
        assert.deepEqual([(await players[0].status()).inQueue, (await players[1].status()).inQueue], [true, false]);

        const cem = await Player.signUp('cem');
        const third = await Socket.open(cem);
        await joins(cem, third);
        const pair = [[players[0], cem], [sockets[0], third]];
        const second = await areMatched(...pair, true);
        assert.notEqual(second, match);
        for (const player of pair[0]) await player.order('accept');
        await areReady(...pair, second, 'pool');
        await nothingMore([sockets[1]]);
    },

    /// A connection is lost again and again while things happen. What was heard altogether is what one who stayed heard.
    async resumed() {
        const {players, sockets} = await two(['ana', 'ben']);
        const [ana, ben] = players;
        const steady = await Socket.open(ana);
        await joins(ana, sockets[0]);
        const heard = [await steady.frame()];
        await sockets[0].drop();

        // All of it happens while she is away.
        await joins(ben, sockets[1]);
        const missed = [await steady.frame(), await steady.frame()];
        let socket = await Socket.open(ana);
        const {seq} = await socket.subscribe(ana, heard[0].data.seq);
        assert.ok(seq >= missed[1].data.seq);
        assert.deepEqual([await socket.frame(), await socket.frame()], missed);
        assert.deepEqual(missed.map((frame) => frame.event), ['matchmaking.matched', 'matchmaking.match_ready']);
        await nothingMore([socket]);
        let since = await playOut(players, missed[0].data.matchId, [socket, steady]);

        // And some of it while she comes and goes.
        const resumed = [];
        const rounds = 20;
        const busy = (async () => {
            for (let i = 0; i < rounds; ++i) {
                await ana.join({region: `r${i}`});
                await ana.order('leave');
            }
        })();
        while (resumed.length < 2 * rounds) {
            await socket.drop();
            socket = await Socket.open(ana);
            await socket.subscribe(ana, since);
            for (let i = 0; i < 3 && resumed.length < 2 * rounds; ++i) {
                resumed.push(await socket.frame());
                since = resumed.at(-1).data.seq;
            }
        }
        await busy;
        const stayed = [];
        for (let i = 0; i < 2 * rounds; ++i) stayed.push(await steady.frame());
        assert.deepEqual(resumed, stayed);
        await nothingMore([socket, steady]);
    },
};

assert.ok(scenarios[scenario], `there is no scenario ${scenario}`);
await scenarios[scenario]();
process.exit(0);
