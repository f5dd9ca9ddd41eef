/// What a rule or an input answers: a value, or why it was refused.
///
/// Three kinds of failure, kept apart (ARCHITECTURE.md):
///   refused  a rule or an input says no: `Result<T>` with an `Error`; the caller is told.
///   broken   the disk, the network or a peer fails: an exception inside an adapter, caught at the top of a session.
///   bug      `CHECK` fails: the process stops. Starting again on the same log is safe.
#pragma once

#include <expected>
#include <string>
#include <string_view>

namespace agon {

/// The kinds of refusal. Each face maps them to its statuses in one function.
enum class Code { invalid, not_found, forbidden, unauthenticated, conflict, wrong_state, exhausted };

struct Error {
    Code code{};
    /// What is wrong and what is allowed, as a phrase without a final full stop.
    std::string message;
    /// Where in the input, as a JSON Pointer (RFC 6901), for `Code::invalid`; else empty.
    std::string pointer;

    bool operator==(const Error&) const = default;
};

template <class T>
using Result = std::expected<T, Error>;

[[nodiscard]] inline std::unexpected<Error> refused(Code code, std::string message, std::string pointer = {}) {
    return std::unexpected(Error{code, std::move(message), std::move(pointer)});
}

/// Prints the condition and where it stands, then aborts.
[[noreturn]] void check_failed(const char* condition, const char* file, int line);

/// An invariant that only a bug can break. Stays on in every build.
#define CHECK_THAT(condition) ((condition) ? void() : ::agon::check_failed(#condition, __FILE__, __LINE__))

/// Joins the alternatives of a `std::visit`.
template <class... F>
struct overloaded : F... {
    using F::operator()...;
};

}  // namespace agon
