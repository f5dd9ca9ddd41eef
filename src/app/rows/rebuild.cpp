#include "app/rows/rebuild.hpp"

#include "app/aggregates.hpp"
#include "app/event_codec.hpp"
#include "base/log.hpp"

namespace agon::rows {

namespace {

constexpr std::size_t rows_per_commit = 1000;

/// The states of one kind, replayed.
template <class A>
struct Replayed {
    std::unordered_map<typename A::Key, typename A::State> states;

    /// Rows of single events, by their keys.
    std::map<std::string, RowChange> of_events;

    bool take(const Recorded& recorded) {
        const auto key = A::Key::parse(recorded.stream);
        if (!key) return false;
        const auto event = decode<typename A::Event>(recorded);
        auto& state = states[*key];
        A::evolve(state, event, recorded.at);
        if constexpr (KeepsEventRows<A>) {
            std::vector<RowChange> changes;
            A::event_rows(*key, state, event, {recorded.version, recorded.at}, changes);
            for (auto& change : changes) of_events.insert_or_assign(change.key, std::move(change));
        }
        return true;
    }
    void write_events(Store& store) const {
        Batch batch;
        for (const auto& [key, change] : of_events)
            if (change.values) batch.rows.push_back(change);
        if (!batch.rows.empty()) store.commit({&batch, 1});
    }
    void write(Store& store) const {
        Batch batch;
        const auto flush = [&] {
            if (!batch.rows.empty()) store.commit({&batch, 1});
            batch.rows.clear();
        };
        for (const auto& [key, state] : states) {
            if (auto row = A::row(key, state)) batch.rows.push_back(std::move(*row));
            if (batch.rows.size() >= rows_per_commit) flush();
        }
        flush();
    }
};

}  // namespace

void rebuild(Store& store, const std::vector<std::string>& names) {
    if (names.empty()) return;
    const auto wanted = [&](std::string_view name) { return std::ranges::find(names, name) != names.end(); };
    // Kept answers and links are not from the log: their tables may be empty.
    if (std::ranges::all_of(names, [](const std::string& name) {
            return name == AnswerRow::table_name || name == SetupLinkRow::table_name;
        }))
        return;
    for (const auto& name : names) log::info("filling a table from the log", {{"table", name}});
    Replayed<TournamentAggregate> tournaments;
    Replayed<BotAggregate> bots;
    Replayed<UserAggregate> users;
    Replayed<VenueAggregate> venues;
    Replayed<OccasionAggregate> occasions;
    Replayed<WalletAggregate> wallets;
    Replayed<QueueAggregate> queues;
    for (Seq after = 0;;) {
        const auto events = store.follow(after, 4096);
        if (events.empty()) break;
        for (const auto& event : events)
            tournaments.take(event) || bots.take(event) || users.take(event) || venues.take(event) ||
                occasions.take(event) || wallets.take(event) || queues.take(event);
        after = events.back().seq;
    }
    if (wanted(TournamentRow::table_name)) tournaments.write(store);
    if (wanted(BotRow::table_name)) bots.write(store);
    if (wanted(UserRow::table_name)) users.write(store);
    if (wanted(VenueRow::table_name)) venues.write(store);
    if (wanted(OccasionRow::table_name)) occasions.write(store);
    if (wanted(QueueRow::table_name)) queues.write(store);
    if (wanted(ParticipationRow::table_name)) tournaments.write_events(store);
    if (wanted(TransactionRow::table_name)) wallets.write_events(store);
}

}  // namespace agon::rows
