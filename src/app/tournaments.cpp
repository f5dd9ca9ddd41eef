#include "app/tournaments.hpp"

#include "app/draw_secret.hpp"
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

Task<Result<TournamentId>> Tournaments::create(NewTournament wanted) {
    const auto* game = games::find_game(wanted.game_type);
    if (!game) co_return refused(Code::invalid, "must be " + codec::either(names_of(games::all_games())), "/game_type");
    auto config = complete_config(*game, wanted.format, wanted.config,
                                  static_cast<std::uint32_t>(wanted.max_participants.value_or(0)));
    if (!config) co_return std::unexpected(std::move(config.error()));
    const auto id = make_tournament_id(engine_.clock().now(), random_.bits(), random_.bits());
    CreateTournament create{.what = {.name = std::move(wanted.name),
                                     .game_type = std::move(wanted.game_type),
                                     .format = config->stages.front().format,
                                     .max_entrants = wanted.max_participants.value_or(most_entrants),
                                     .driver = wanted.driver,
                                     .options = config->options,
                                     .game_options = std::move(config->game_options),
                                     .created_by = wanted.created_by,
                                     .stages = std::move(config->stages),
                                     .colours = game->has_first_move,
                                     .tournament_id = id},
                            .open_registration = wanted.open_registration,
                            .draw = make_draw_secret(random_)};
    auto created = co_await engine_.execute<TournamentAggregate>(id, std::move(create), status_of);
    if (!created) co_return std::unexpected(std::move(created.error()));
    co_return id;
}

CreateTournament Tournaments::announcement(TournamentChanged what, TournamentId id, UserId host,
                                           bool open_registration) const {
    const auto format = what.stages.front().format;
    return {.what = {.name = std::move(what.name),
                     .game_type = std::move(what.game_type),
                     .format = format,
                     .max_entrants = what.max_entrants,
                     .driver = Driver::manual,
                     .options = std::move(what.options),
                     .game_options = JsonObject{},
                     .created_by = host,
                     .stages = std::move(what.stages),
                     .details = std::move(what.details),
                     .tournament_id = id},
            .open_registration = open_registration,
            .draw = draw_secret()};
}

DrawSecret Tournaments::draw_secret() const { return make_draw_secret(random_); }

Task<Result<Tournaments::Registered>> Tournaments::join(TournamentId id, NewEntrant entrant) {
    const auto who = entrant_of(entrant.bot);
    RegisterEntrant command{who, std::move(entrant.name), entrant.manual_seed, std::move(entrant.club),
                            co_await rating_of(id, who)};
    co_return co_await engine_.execute<TournamentAggregate>(id, std::move(command), [who](const Tournament& t) {
        if (const auto found = t.index_of.find(who); found != t.index_of.end())
            return Registered{t.shown_seed(found->second), t.entrants[found->second].registered_at};
        const auto waiting = std::ranges::find(t.waiting, who, &Entrant::id);
        return Registered{t.max_entrants + 1 + (waiting - t.waiting.begin()), waiting->registered_at, true};
    });
}

Task<Result<void>> Tournaments::leave(TournamentId id, BotId bot) {
    auto left = co_await engine_.execute<TournamentAggregate>(id, WithdrawEntrant{entrant_of(bot)}, status_of);
    if (!left) co_return std::unexpected(std::move(left.error()));
    co_return Result<void>{};
}

Task<Result<Status>> Tournaments::order(TournamentId id, TournamentCommand command) {
    co_return co_await engine_.execute<TournamentAggregate>(id, std::move(command), status_of);
}

Task<Result<CorrectionPreview>> Tournaments::preview(TournamentId id, CorrectResult command) {
    co_return co_await engine_.read<TournamentAggregate>(id, [&](const Tournament& t) {
        return t.exists() ? agon::preview(t, command, engine_.clock().now())
                          : Result<CorrectionPreview>(refused(Code::not_found, "no such tournament"));
    });
}

/// Where it may count: for one who comes late.
Task<std::int32_t> Tournaments::rating_of(TournamentId id, EntrantId entrant) {
    struct Late {
        std::string game_type;
        Driver driver{};
    };
    const auto late = engine_.peek<TournamentAggregate>(
        id, [](const Tournament& t) { return t.status == Status::in_progress ? Late{t.game_type, t.driver} : Late{}; });
    if (late.game_type.empty()) co_return 0;
    if (ratings_) co_await ratings_->reach();
    const auto found = Ratings::of(engine_.store(), late.game_type, late.driver, std::vector{Entrant{.id = entrant}});
    co_return found.empty() ? 0 : static_cast<std::int32_t>(found.begin()->second);
}

/// Ratings are looked up only where the draw needs them.
Task<StartTournament> Tournaments::draw(TournamentId id) {
    struct Drawn {
        bool by_rating = false;
        std::string game_type;
        Driver driver{};
        std::vector<Entrant> entrants;
    };
    const auto drawn = engine_.peek<TournamentAggregate>(id, [](const Tournament& t) {
        const bool by_rating = t.options.seeding == seeding::Method::rating;
        return by_rating ? Drawn{true, t.game_type, t.driver, t.entrants} : Drawn{};
    });
    // 63 bits: a JSON number that every reader takes exactly as a signed one.
    StartTournament start{.draw_seed = random_.bits() >> 1};
    if (!drawn.by_rating) co_return start;
    if (ratings_) co_await ratings_->reach();
    start.ratings = Ratings::of(engine_.store(), drawn.game_type, drawn.driver, drawn.entrants);
    co_return start;
}

Task<Result<Status>> Tournaments::start(TournamentId id) {
    co_return co_await engine_.execute<TournamentAggregate>(id, co_await draw(id), status_of);
}

Task<Result<Status>> Tournaments::start_as_announced(TournamentId id) {
    co_return co_await engine_.execute<TournamentAggregate>(id, StartAsAnnounced{co_await draw(id)}, status_of);
}

}  // namespace agon
