/// Signals of unfair play (core/integrity), worked out from the log: a follower that counts every result between people,
/// and keeps a row for each finding, for admins to list.
#pragma once

#include <set>
#include <unordered_map>

#include "app/saved_follower.hpp"
#include "core/integrity/signals.hpp"

namespace agon {

class Flags : public SavedFollower {
public:
    static constexpr std::string_view follower_name = "flags";

    Flags(Engine&, Timers&, boost::asio::io_context&);

    /// Goes on after the saved cursor. Before the journal starts.
    void start() { follow(); }

protected:
    void handle(const Recorded&) override;
    bool has_rows() const override { return !changed_.empty(); }
    std::vector<RowChange> rows() const override;
    void rows_saved() override;

private:
    template <class Row>
    using ByKey = std::unordered_map<std::string, Row>;
    struct Counted {
        ByKey<rows::IntegrityGameRow> games;
        ByKey<rows::IntegrityPlayerRow> players;
        ByKey<rows::IntegrityPairRow> pairs;
        ByKey<rows::FlagRow> flags;
    };
    /// A result that counts, and whose claim or dispute was found not to be true.
    struct Outcome {
        std::string game_type;
        MatchId match;
        std::optional<integrity::Played> played;
        std::optional<UserId> wrong;
        Instant at;
    };

    std::optional<Outcome> result_of_tournament(TournamentId, const Recorded&);
    std::optional<Outcome> result_of_queue(MatchId, const Recorded&);
    Counted count(const Outcome&);
    void note(Counted&, const Outcome&, const std::vector<integrity::Finding>&);
    void remember(Counted&&);

    /// The row of that key as it is counted now: as it is remembered, or on disk, or a new one.
    template <class Row>
    Row& row(Counted&, ByKey<Row> Counted::* table, const std::string& key, Row fresh);

    Counted remembered_;
    /// Keys of rows that are not saved yet. The tables' keys differ.
    std::set<std::string> changed_;
};

}  // namespace agon
