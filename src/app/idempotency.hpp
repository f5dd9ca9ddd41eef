/// Requests that may be sent again without happening again: each carries a key of the client's choice, and whoever sends
/// a key again gets the first answer.
///
/// The answer is a row. It is kept in the same transaction as what the request did: `Claim::keep` adds it to the batch of
/// the effect (`Engine::execute`, `attach`). So after a crash there is either both or neither. Answers hold secrets
/// (an API key that is shown once), so they are sealed.
#pragma once

#include <mutex>
#include <unordered_set>

#include "app/engine.hpp"
#include "app/tokens.hpp"

namespace agon {

/// So long an answer is given again.
inline constexpr auto answers_kept_for = std::chrono::hours(24);

/// What makes two requests the same. The scope is who asks, for what kind of thing, under which key.
struct KeyedRequest {
    std::string principal;
    std::string_view method;
    std::string_view route;
    std::string_view key;
    std::string_view path;
    std::string_view body;
};

/// 1 to 255 visible characters of ASCII.
bool is_idempotency_key(std::string_view);

struct KeptAnswer {
    int status = 0;
    std::string body;
};

/// Any thread.
class Idempotency {
public:
    Idempotency(Engine& engine, const Tokens& tokens, Random& random)
        : engine_(engine), tokens_(tokens), random_(random) {}

    /// The right to run one request. While it lives, nobody else runs a request of that key.
    class Claim {
    public:
        Claim(Idempotency& owner, std::string scope, std::string fingerprint)
            : owner_(owner), scope_(std::move(scope)), fingerprint_(std::move(fingerprint)) {}
        ~Claim();
        Claim(const Claim&) = delete;

        /// Adds the answer to the batch of what the request did.
        void keep(Batch&, const KeptAnswer&);
        /// Keeps the answer of a request that changed nothing.
        Task<void> keep(KeptAnswer);
        bool is_kept() const { return kept_; }

    private:
        Idempotency& owner_;
        std::string scope_;
        std::string fingerprint_;
        bool kept_ = false;
    };

    enum class Refusal {
        other_request,  ///< the key was used for something else
        running,        ///< the first request of this key has no answer yet
    };
    /// One of the three.
    struct Opened {
        std::unique_ptr<Claim> claim;
        std::optional<KeptAnswer> answer;
        std::optional<Refusal> refusal;
    };
    Opened open(const KeyedRequest&);

    /// Forgets what is too old. Where the store is read anyway: once a minute is plenty.
    void sweep();

private:
    friend class Claim;
    std::optional<rows::AnswerRow> find(const std::string& scope) const;
    rows::AnswerRow row(const std::string& scope, const std::string& fingerprint, const KeptAnswer&) const;

    Engine& engine_;
    const Tokens& tokens_;
    Random& random_;
    std::mutex mutex_;
    std::unordered_set<std::string> running_;
};

}  // namespace agon
