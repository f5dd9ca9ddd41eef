/// Test data from elsewhere: beside the repository, or where AGON_TEST_DATA says.
#pragma once

#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "base/codec/json.hpp"

namespace agon::testing {

/// A file of JSON, or nothing, with a word on why.
inline std::optional<Json> test_data(const std::string& name) {
    const auto* given = std::getenv("AGON_TEST_DATA");
    const auto beside = std::filesystem::path(__FILE__).parent_path() / "../../../shared/data";
    const auto path = (given ? std::filesystem::path(given) : beside) / name;
    std::ifstream stream(path);
    if (!stream) {
        MESSAGE("skipped: there is no ", path.string(), " (AGON_TEST_DATA names the folder)");
        return std::nullopt;
    }
    const std::string text((std::istreambuf_iterator<char>(stream)), {});
    return boost::json::parse(text);
}

}  // namespace agon::testing
