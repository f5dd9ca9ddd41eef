#include "cli/offline.hpp"

#include <fmt/format.h>

#include <cstdio>

namespace agon::cli {

namespace {

/// A command may come before the server's first start; a mistyped path should not pass unseen.
const std::string& made(const std::string& data) {
    if (make_data_directory(data)) fmt::print(stderr, "agon: made the data directory {}\n", data);
    return data;
}

}  // namespace

Offline::Offline(const std::string& directory)
    : data(made(directory)), keys(load_keys(data, random, true)), store(open_store({.data = data})) {}

void add_data_option(CLI::App& command, std::string& data) {
    command.add_option("--data", data, "the server's data directory")->capture_default_str()->envname("AGON_DATA");
}

}  // namespace agon::cli
