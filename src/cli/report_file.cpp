#include "cli/report_file.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <system_error>

#include "base/codec/codec.hpp"

namespace agon::cli {

namespace {

struct Close {
    void operator()(std::FILE* file) const {
        if (file != stdin) std::fclose(file);
    }
};
using File = std::unique_ptr<std::FILE, Close>;

std::unexpected<Error> system_says(const std::string& path, int number) {
    return refused(Code::not_found, fmt::format("{}: {}", path, std::generic_category().message(number)));
}

/// One byte more than a report may have, at most: enough to refuse it.
Result<std::string> read_bytes(const std::string& path) {
    std::error_code ignored;
    if (path != "-" && std::filesystem::is_directory(path, ignored)) return system_says(path, EISDIR);
    const File file(path == "-" ? stdin : std::fopen(path.c_str(), "rb"));
    if (!file) return system_says(path, errno);
    std::string bytes;
    char buffer[65536];
    while (bytes.size() < trf::max_bytes) {
        const auto got = std::fread(buffer, 1, sizeof buffer, file.get());
        bytes.append(buffer, got);
        if (got < sizeof buffer) break;
    }
    if (std::ferror(file.get())) return system_says(path, errno);
    return bytes;
}

}  // namespace

Result<trf::Report> read_report(const std::string& path) {
    const auto bytes = read_bytes(path);
    if (!bytes) return std::unexpected(bytes.error());
    auto report = trf::read(*bytes);
    if (!report) report.error().message = fmt::format("{}: {}", path, report.error().message);
    return report;
}

Result<void> write_file(const std::string& path, std::string_view text) {
    if (path == "-") {
        fmt::print("{}", text);
        if (std::fflush(stdout) != 0) return system_says("standard output", errno);
        return {};
    }
    std::error_code ignored;
    const bool is_plain = !std::filesystem::exists(path, ignored) || std::filesystem::is_regular_file(path, ignored);
    const auto written = is_plain ? path + ".part" : path;
    const File file(std::fopen(written.c_str(), "wb"));
    if (!file) return system_says(path, errno);
    const bool is_whole =
        std::fwrite(text.data(), 1, text.size(), file.get()) == text.size() && std::fflush(file.get()) == 0;
    const int number = errno;
    if (is_whole && is_plain && std::rename(written.c_str(), path.c_str()) != 0) return system_says(path, errno);
    if (is_whole) return {};
    if (is_plain) std::remove(written.c_str());
    return system_says(path, number);
}

std::string shown_name(const std::string& name) {
    if (!codec::check_name(name)) return name;
    std::string shown;
    for (const char c : name) shown += static_cast<unsigned char>(c) < 0x80 ? c : '?';
    return shown;
}

}  // namespace agon::cli
