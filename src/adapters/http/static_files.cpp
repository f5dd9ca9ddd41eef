#include "adapters/http/static_files.hpp"

#include <algorithm>

// The bounds of the packed files (build/*/docs_page.S).
#define AGON_PACKED(name) extern "C" const char agon_docs_##name##_begin[], agon_docs_##name##_end[]
AGON_PACKED(index);
AGON_PACKED(start);
AGON_PACKED(style);
AGON_PACKED(bundle);
AGON_PACKED(licence);
AGON_PACKED(notice);
AGON_PACKED(icon);
#undef AGON_PACKED

namespace agon {
namespace {

constexpr std::string_view html = "text/html; charset=utf-8";
constexpr std::string_view script = "text/javascript; charset=utf-8";
constexpr std::string_view style = "text/css; charset=utf-8";
constexpr std::string_view text = "text/plain; charset=utf-8";
constexpr std::string_view png = "image/png";

constexpr StaticFile plain_page[] = {{"/docs", html, R"(<!doctype html>
<html lang="en">
    <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>Agon API</title>
    </head>
    <body>
        <h1>Agon API</h1>
        <p>The interactive documentation is not in this build: run <code>make build</code>.</p>
        <ul>
            <li><a href="/openapi.json">/openapi.json</a>: the same as an OpenAPI document</li>
        </ul>
    </body>
</html>
)"}};

std::string_view between(const char* begin, const char* end) { return {begin, end}; }

}  // namespace

std::span<const StaticFile> docs_files() {
    static const StaticFile files[] = {
        {"/docs", html, between(agon_docs_index_begin, agon_docs_index_end)},
        {"/docs/start.js", script, between(agon_docs_start_begin, agon_docs_start_end)},
        {"/docs/swagger-ui.css", style, between(agon_docs_style_begin, agon_docs_style_end)},
        {"/docs/swagger-ui-bundle.js", script, between(agon_docs_bundle_begin, agon_docs_bundle_end)},
        {"/docs/swagger-ui-bundle.js.LICENSE.txt", text, between(agon_docs_licence_begin, agon_docs_licence_end)},
        {"/docs/NOTICE", text, between(agon_docs_notice_begin, agon_docs_notice_end)},
        {"/docs/favicon-32x32.png", png, between(agon_docs_icon_begin, agon_docs_icon_end)},
    };
    static const bool complete = std::ranges::none_of(files, [](const StaticFile& f) { return f.body.empty(); });
    if (complete) return files;
    return plain_page;
}

}  // namespace agon
