#include "app/rating_replay.hpp"

#include "app/event_codec.hpp"

namespace agon {

namespace {

constexpr std::size_t events_at_once = 4096;

class Replayer {
public:
    Replayer(const std::string& game_type, const RatingRule& rule)
        : game_type_(game_type), book_(rules_of(game_type, rule), {}) {
        book_.watch([this](const RatingRule& r, const ratings::Rating& a, const ratings::Rating& b, double score) {
            foretell(r, a, b, score);
        });
    }

    void read(const Recorded& recorded) {
        if (const auto id = TournamentId::parse(recorded.stream)) return read_tournament(*id, recorded);
        if (const auto match = MatchId::parse(recorded.stream)) read_ranked(*match, recorded);
    }

    RatingReplay result() const {
        RatingReplay replay{.scores = scoring_.scores(), .ratings = {}};
        for (const auto& [key, row] : book_.ratings()) replay.ratings.push_back(row);
        std::ranges::sort(replay.ratings, [](const rows::RatingRow& a, const rows::RatingRow& b) {
            return a.value != b.value ? a.value > b.value : a.key < b.key;
        });
        return replay;
    }

private:
    static RatingRules rules_of(const std::string& game_type, const RatingRule& rule) {
        RatingRules rules;
        rules.choose({game_type, std::string(rule.engine->name), rule.engine->write_settings(rule.settings)});
        return rules;
    }

    void foretell(const RatingRule& rule, ratings::Rating a, ratings::Rating b, double score_of_a) {
        const std::array teams{ratings::Team{.players = {&a, 1}}, ratings::Team{.players = {&b, 1}}};
        const std::array<std::uint32_t, 2> places{score_of_a == 0.0 ? 2u : 1u, score_of_a == 1.0 ? 2u : 1u};
        scoring_.add(rule.engine->predict(teams, rule.settings), places);
    }

    void read_tournament(TournamentId id, const Recorded& recorded) {
        if (const auto created = decode_if<TournamentCreated>(recorded)) {
            if (created->game_type == game_type_) drivers_[id] = created->driver;
            return;
        }
        const auto driver = drivers_.find(id);
        if (driver == drivers_.end()) return;
        if (const auto completed = decode_if<MatchCompleted>(recorded)) {
            if (const auto counts = rated_result(game_type_, driver->second, *completed))
                book_.count(match_id(id, completed->match), *counts, recorded.at);
        } else if (const auto corrected = decode_if<ResultCorrected>(recorded)) {
            const auto counts =
                corrected->reopened ? std::nullopt : rated_result(game_type_, driver->second, corrected->result());
            book_.correct(id, *corrected, counts, recorded.at);
        }
    }

    void read_ranked(MatchId match, const Recorded& recorded) {
        const auto completed = decode_if<ranked::RankedMatchCompleted>(recorded);
        if (!completed || completed->game != game_type_) return;
        if (const auto counts = rated_result(*completed)) book_.count(match, *counts, recorded.at);
    }

    std::string game_type_;
    RatingBook book_;
    ratings::Scoring scoring_;
    /// Of the game's tournaments.
    std::unordered_map<TournamentId, Driver> drivers_;
};

}  // namespace

RatingReplay replay_ratings(Store& store, const std::string& game_type, const RatingRule& rule) {
    Replayer replayer(game_type, rule);
    for (Seq after = 0;;) {
        const auto events = store.follow(after, events_at_once);
        if (events.empty()) return replayer.result();
        for (const auto& event : events) replayer.read(event);
        after = events.back().seq;
    }
}

}  // namespace agon
