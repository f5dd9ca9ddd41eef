// A rock-paper-scissors bot for Agon over WebSocket: it beats what its opponent played most often.
//
//   npm install ws
//   AGON_URL=http://127.0.0.1:8000 AGON_BOT_KEY=bk_… node bot.mjs
//
// The key is shown once when the bot is registered (POST /api/bots). The protocol: docs/bots.md.
import WebSocket from 'ws';

const key = process.env.AGON_BOT_KEY;
if (!key) throw new Error('AGON_BOT_KEY is not set: it is the bk_… key of the bot');
const lobby = new URL('/api/bot/ws', process.env.AGON_URL ?? 'http://127.0.0.1:8000');
lobby.protocol = lobby.protocol.replace('http', 'ws');

const beats = { r: 'paper', p: 'scissors', s: 'rock' };
const finalCodes = [4000, 4001, 4013]; // replaced by a newer socket, wrong key, no common version

// "rp ss pr" is three rounds, our move first; without history any move is as good as another.
function choose({ state, valid_actions }) {
  const count = { r: 0, p: 0, s: 0 };
  for (const round of (state.history ?? '').split(' ')) if (round[1] in count) count[round[1]]++;
  const most = Math.max(...Object.values(count));
  const favourites = Object.keys(count).filter((move) => count[move] === most);
  const move = beats[favourites[Math.floor(Math.random() * favourites.length)]];
  return valid_actions.includes(move) ? move : valid_actions[0];
}

const handlers = {
  hello: (m) => console.log(`connected as ${m.bot_id}`),
  turn_request: (m, socket) => {
    const { match_id, request_id } = m;
    socket.send(JSON.stringify({ type: 'turn_action', match_id, request_id, action: choose(m), params: {} }));
  },
  snapshot: (m, socket) => m.pending && handlers.turn_request(m.pending, socket),
  match_end: (m) => console.log(`${m.match_id} is over: ${m.reason}`, m.results),
  error: (m) => console.error(`error ${m.code}: ${m.message}`),
};

let wait = 500; // milliseconds until the next try; doubles up to half a minute
function connect() {
  const socket = new WebSocket(lobby, { headers: { Authorization: `Bearer ${key}` } });
  socket.on('open', () => (wait = 500));
  socket.on('message', (data) => {
    const message = JSON.parse(data);
    handlers[message.type]?.(message, socket); // unknown types are ignored
  });
  socket.on('error', (error) => console.error(error.message));
  socket.on('close', (code, reason) => {
    console.log(`closed: ${code} ${reason}`);
    if (finalCodes.includes(code)) process.exit(1);
    setTimeout(connect, wait * (0.5 + Math.random()));
    wait = Math.min(wait * 2, 30_000);
  });
}
connect();
