#include "adapters/http/static_files.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>

using namespace agon;

namespace {

const StaticFile* file_at(std::string_view path) {
    const auto files = docs_files();
    const auto found = std::ranges::find(files, path, &StaticFile::path);
    return found == files.end() ? nullptr : &*found;
}

}  // namespace

TEST_CASE("the documentation page is there and leads to the description") {
    const auto* page = file_at("/docs");
    REQUIRE(page != nullptr);
    CHECK(page->content_type == "text/html; charset=utf-8");
    CHECK(page->body.find("<title>Agon API</title>") != std::string_view::npos);
    CHECK(page->body.find("/openapi.json") != std::string_view::npos);
    CHECK(page->body.ends_with("</html>\n"));
}

TEST_CASE("what the documentation page loads is in the program too") {
    const auto page = file_at("/docs")->body;
    for (std::string_view attribute : {"src=\"", "href=\"/docs"}) {
        for (auto at = page.find(attribute); at != std::string_view::npos; at = page.find(attribute, at + 1)) {
            const auto begin = page.find('"', at) + 1;
            const std::string path(page.substr(begin, page.find('"', begin) - begin));
            INFO(path);
            const auto* file = file_at(path);
            REQUIRE(file != nullptr);
            CHECK_FALSE(file->body.empty());
        }
    }
}

TEST_CASE("nothing in the documentation page runs inline or comes from elsewhere") {
    const auto page = file_at("/docs")->body;
    CHECK(page.find("<script>") == std::string_view::npos);
    CHECK(page.find("onload=") == std::string_view::npos);
    CHECK(page.find("://") == std::string_view::npos);
}
