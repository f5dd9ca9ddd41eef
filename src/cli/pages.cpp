#include "cli/pages.hpp"

#include "adapters/http/static_files.hpp"
#include "adapters/memory/memory_store.hpp"
#include "adapters/system/system.hpp"
#include "app/access.hpp"
#include "app/bot_registry.hpp"
#include "app/journal.hpp"
#include "app/tournaments.hpp"
#include "faces/arena/arena.hpp"
#include "faces/asyncapi.hpp"
#include "faces/openapi.hpp"
#include "faces/player/live.hpp"

namespace agon::cli {

namespace {

RenderedPtr rendered(std::string body, std::string_view content_type, std::string etag = {}) {
    return std::make_shared<Rendered>(std::move(body), std::move(etag), content_type);
}

constexpr std::string_view home_page = R"(<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Agon</title>
<style>body{font:1rem/1.6 system-ui,sans-serif;max-width:40rem;margin:4rem auto;padding:0 1rem}</style>
<h1>Agon is running</h1>
<p>This server runs tournaments of bots, from registration to champion.</p>
<ul><li><a href="/docs">The API, to read and to try</a>
<li><a href="/api/tournaments">Its tournaments</a>
<li><a href="/api/leaderboard">Its leaderboard</a></ul></html>
)";

constexpr std::string_view setup_page = R"(<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Agon: the first admin</title>
<style>body{font:1rem/1.6 system-ui,sans-serif;max-width:40rem;margin:4rem auto;padding:0 1rem}label{display:block}</style>
<h1>Become this server's admin</h1>
<form id="setup"><label>Username <input name="username" autocomplete="username" required></label>
<label>Password <input name="password" type="password" autocomplete="new-password" minlength="8" required></label>
<button>Make the account</button></form><p id="said" role="status"></p><script src="/setup.js"></script></html>
)";

/// The token leaves the address bar at once, and with it the browser's history.
constexpr std::string_view setup_script = R"(const token = new URLSearchParams(location.search).get('token') ?? '';
history.replaceState(null, '', location.pathname);
document.getElementById('setup').addEventListener('submit', async (event) => {
  event.preventDefault();
  const given = new FormData(event.target);
  const answer = await fetch('/api/v1/auth/setup', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ token, username: given.get('username'), password: given.get('password') }),
  });
  const body = await answer.json();
  const why = answer.status === 401 ? 'This link is not valid any more. `agon admin link` prints a new one.' : [].concat(body.message).join('. ');
  document.getElementById('said').textContent = answer.ok ? `${body.user.username} is an admin now.` : why;
});
)";

constexpr std::string_view page_policy =
    "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'none'";

}  // namespace

void add_pages(Router& router) {
    const auto add = [&](std::string path, RenderedPtr content) {
        router.add(FixedPage{std::move(path),
                             std::move(content),
                             {{"Content-Security-Policy", std::string(page_policy)},
                              {"X-Content-Type-Options", "nosniff"},
                              {"Referrer-Policy", "no-referrer"}}});
    };
    add("/", rendered(std::string(home_page), "text/html; charset=utf-8"));
    add("/setup", rendered(std::string(setup_page), "text/html; charset=utf-8"));
    add("/setup.js", rendered(std::string(setup_script), "text/javascript; charset=utf-8"));
    for (const auto& file : docs_files())
        add(std::string(file.path), rendered(std::string(file.body), file.content_type,
                                             fmt::format("\"{:x}\"", std::hash<std::string_view>{}(file.body))));
    add("/openapi.json", rendered(to_text(openapi(router.routes(), AGON_VERSION)), "application/json"));
    add("/asyncapi.json", rendered(asyncapi_text(), "application/json"));
}

std::string openapi_text() {
    // The routes are read, none is called: behind them stands an empty memory.
    SystemClock clock;
    auto store = open_memory_store();
    Journal journal{*store};
    Engine engine{*store, journal, clock};
    SystemRandom random;
    Tokens tokens{ServerKeys::make(random)};
    Access access{engine, tokens, false};
    BotRegistry bots{engine, tokens, random, [](std::string_view) -> Result<void> { return {}; }};
    Tournaments tournaments{engine, random};
    Services services{engine, tournaments, bots, access};
    Router router{services};
    router.add(arena::face, arena::endpoints());
    router.add(player::face, player::endpoints());
    return to_text(openapi(router.routes(), AGON_VERSION));
}

std::string asyncapi_text() { return to_text(asyncapi(AGON_VERSION)); }

}  // namespace agon::cli
