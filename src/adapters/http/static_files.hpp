/// Files that are part of the program: the API documentation page. They are packed in by `cmake/docs_page.cmake`.
#pragma once

#include <span>
#include <string_view>

namespace agon {

/// One file as it is served. Everything lives as long as the program.
struct StaticFile {
    /// The path of the request, as in `/docs/start.js`.
    std::string_view path;
    std::string_view content_type;
    std::string_view body;
};

/// The page `/docs` and what it loads, all below `/docs`; it reads `/openapi.json`. It keeps to
/// `default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:`.
///
/// Where the program was built without the npm packages, only `/docs`: a plain page that says so.
/// May be called from any thread.
std::span<const StaticFile> docs_files();

}  // namespace agon
