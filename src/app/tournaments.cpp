#include "app/tournaments.hpp"

#include "app/ratings.hpp"

namespace agon {

namespace {

std::vector<std::string_view> names_of(auto all) {
    std::vector<std::string_view> names;
    for (const auto* item : all) names.push_back(item->name);
    return names;
}

EntrantId entrant_of(BotId bot) { return {bot.uuid}; }

Status status_of(const Tournament& t) { return t.status; }

}  // namespace

Result<Config> complete_config(const games::Game& game, const Json& config) {
    auto options = codec::read<TournamentOptions, codec::Spelling{}>(config);
    if (!options) return std::unexpected(options.error());
    auto game_options = game.complete_options(config);
    if (!game_options) return std::unexpected(game_options.error());
    options->no_show_timeout = no_show_seconds(*options);
    return Config{*options, std::move(*game_options)};
}

Json to_json(const Config& config) {
    auto all = *parse_json(codec::to_json<codec::log_spelling>(config.options));
    auto merged = config.game_options;
    for (const auto& member : all.as_object()) merged.as_object()[member.key()] = member.value();
    return merged;
}

Task<Result<TournamentId>> Tournaments::create(NewTournament wanted) {
    const auto* game = games::find_game(wanted.game_type);
    if (!game) co_return refused(Code::invalid, "must be " + codec::either(names_of(games::all_games())), "/game_type");
    if (!formats::find_format(wanted.format))
        co_return refused(Code::invalid, "must be " + codec::either(names_of(formats::all_formats())), "/format");
    auto config = complete_config(*game, wanted.config);
    if (!config) co_return std::unexpected(*codec::below("config", std::move(config.error())));
    const auto id = make_tournament_id(engine_.clock().now(), random_.bits(), random_.bits());
    CreateTournament create{.what = {.name = std::move(wanted.name),
                                     .game_type = std::move(wanted.game_type),
                                     .format = std::move(wanted.format),
                                     .max_entrants = wanted.max_participants.value_or(most_entrants),
                                     .driver = wanted.driver,
                                     .options = config->options,
                                     .game_options = std::move(config->game_options),
                                     .created_by = wanted.created_by},
                            .open_registration = wanted.open_registration};
    auto created = co_await engine_.execute<TournamentAggregate>(id, std::move(create), status_of);
    if (!created) co_return std::unexpected(std::move(created.error()));
    co_return id;
}

Task<Result<Tournaments::Registered>> Tournaments::join(TournamentId id, BotId bot, std::string name,
                                                        std::optional<std::int64_t> manual_seed) {
    RegisterEntrant command{entrant_of(bot), std::move(name), manual_seed};
    co_return co_await engine_.execute<TournamentAggregate>(id, std::move(command), [bot](const Tournament& t) {
        const auto index = t.index_of.at(entrant_of(bot));
        return Registered{t.shown_seed(index), t.entrants[index].registered_at};
    });
}

Task<Result<void>> Tournaments::leave(TournamentId id, BotId bot) {
    auto left = co_await engine_.execute<TournamentAggregate>(id, WithdrawEntrant{entrant_of(bot)}, status_of);
    if (!left) co_return std::unexpected(std::move(left.error()));
    co_return Result<void>{};
}

Task<Result<Status>> Tournaments::close_registration(TournamentId id) {
    co_return co_await engine_.execute<TournamentAggregate>(id, CloseRegistration{}, status_of);
}

/// Ratings are looked up only where the draw needs them.
StartTournament Tournaments::draw(TournamentId id) {
    struct Drawn {
        bool by_rating = false;
        std::string game_type;
        std::vector<Entrant> entrants;
    };
    const auto drawn = engine_.peek<TournamentAggregate>(id, [](const Tournament& t) {
        const bool by_rating = t.options.seeding == seeding::Method::rating;
        return by_rating ? Drawn{true, t.game_type, t.entrants} : Drawn{};
    });
    // 63 bits: a JSON number that every reader takes exactly as a signed one.
    StartTournament start{.draw_seed = random_.bits() >> 1};
    if (drawn.by_rating) start.ratings = Ratings::of(engine_.store(), drawn.game_type, drawn.entrants);
    return start;
}

Task<Result<Status>> Tournaments::start(TournamentId id) {
    co_return co_await engine_.execute<TournamentAggregate>(id, draw(id), status_of);
}

Task<Result<Status>> Tournaments::start_as_announced(TournamentId id) {
    co_return co_await engine_.execute<TournamentAggregate>(id, StartAsAnnounced{draw(id)}, status_of);
}

Task<Result<Status>> Tournaments::cancel(TournamentId id, std::string reason) {
    co_return co_await engine_.execute<TournamentAggregate>(id, CancelTournament{std::move(reason)}, status_of);
}

}  // namespace agon
