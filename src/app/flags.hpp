/// Signals of unfair play (core/integrity), worked out from the log: a follower that counts every result between people,
/// and keeps a row for each finding, for admins to list.
#pragma once

#include "app/held_rows.hpp"
#include "app/saved_follower.hpp"
#include "app/tournament_kinds.hpp"
#include "core/integrity/signals.hpp"

namespace agon {

class Flags : public SavedFollower {
public:
    static constexpr std::string_view follower_name = "flags";

    Flags(Engine&, boost::asio::io_context&);

    /// Goes on after the saved cursor. Before the journal starts.
    void start() { follow(); }

protected:
    bool concerns(const Recorded& event) const override {
        return is_one_of<MatchCompleted, ranked::RankedMatchCompleted>(event);
    }
    void handle_concern(const Recorded&) override;
    bool has_rows() const override { return games_.has_changes() || players_.has_changes(); }
    std::vector<RowChange> rows() const override;
    void rows_saved() override;

private:
    /// A result that counts, and which of the two had claimed or disputed what was found not to be true.
    struct Outcome {
        std::string game_type;
        MatchId match;
        std::optional<integrity::Played> played;
        std::optional<UserId> wrong;
        Instant at;
    };

    std::optional<Outcome> result_of_tournament(TournamentId, const Recorded&);
    std::optional<Outcome> result_of_queue(MatchId, const Recorded&);
    void count(const Outcome&);
    void count_false_claim(const Outcome&);
    HeldRow<rows::IntegrityPlayerRow>& player(const Outcome&, UserId);
    /// A flag's row, and what it is to be.
    struct Noted {
        HeldRow<rows::FlagRow>* held = nullptr;
        rows::FlagRow row;
    };
    std::vector<Noted> noted(const Outcome&, const std::vector<integrity::Finding>&);
    void raise(std::vector<Noted>);

    TournamentKinds kinds_{engine_};
    HeldRows<rows::IntegrityGameRow> games_;
    HeldRows<rows::IntegrityPlayerRow> players_;
    HeldRows<rows::IntegrityPairRow> pairs_;
    HeldRows<rows::FlagRow> flags_;
};

}  // namespace agon
