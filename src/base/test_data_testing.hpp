/// Test data from elsewhere: beside the repository, or where AGON_TEST_DATA says.
#pragma once

#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "base/codec/json.hpp"

namespace agon::testing {

/// A file or a folder of it, or nothing, with a word on why.
inline std::optional<std::filesystem::path> test_data_path(const std::string& name) {
    const auto* given = std::getenv("AGON_TEST_DATA");
    const auto beside = std::filesystem::path(__FILE__).parent_path() / "../../../shared/data";
    const auto path = (given && *given ? std::filesystem::path(given) : beside) / name;
    if (std::filesystem::exists(path)) return path;
    MESSAGE("skipped: there is no ", path.string(), " (AGON_TEST_DATA names the folder)");
    return std::nullopt;
}

/// A file of JSON, or nothing.
inline std::optional<Json> test_data(const std::string& name) {
    const auto path = test_data_path(name);
    if (!path) return std::nullopt;
    std::ifstream stream(*path);
    const std::string text((std::istreambuf_iterator<char>(stream)), {});
    return boost::json::parse(text);
}

}  // namespace agon::testing
