#include "app/rows/rows.hpp"

namespace agon::rows {

std::span<const Table* const> all_tables() {
    static const std::array tables{
        &table_of<TournamentRow>(),    &table_of<BotRow>(),           &table_of<RatingRow>(),
        &table_of<RatedMatchRow>(),    &table_of<UserRow>(),          &table_of<AnswerRow>(),
        &table_of<SetupLinkRow>(),     &table_of<VenueRow>(),         &table_of<OccasionRow>(),
        &table_of<ParticipationRow>(), &table_of<TransactionRow>(),   &table_of<RatingChangeRow>(),
        &table_of<QueueRow>(),         &table_of<IntegrityGameRow>(), &table_of<IntegrityPlayerRow>(),
        &table_of<IntegrityPairRow>(), &table_of<FlagRow>()};
    return tables;
}

}  // namespace agon::rows
