/// Makes an `Engine` of functions over its own described settings. Where they have `period_days`, time without games
/// makes ratings rest.
#pragma once

#include "base/codec/codec.hpp"
#include "core/ratings/engine.hpp"

namespace agon::ratings {

template <class S>
struct EngineOf {
    static const S& of(const Settings& settings) { return *std::any_cast<S>(&settings); }

    static Json settings_schema() {
        codec::Schemas unused;
        return codec::struct_schema<codec::Spelling{}, S>(unused);
    }
    static Result<Settings> read_settings(const Json& given) {
        auto read = codec::read<S, codec::Spelling{}>(given);
        if (!read) return std::unexpected(std::move(read.error()));
        return Settings(*read);
    }
    static Json write_settings(const Settings& settings) {
        return *parse_json(codec::to_json<codec::Spelling{}>(of(settings)));
    }

    static double period_days(const S& settings) {
        if constexpr (requires { settings.period_days; })
            return settings.period_days;
        else
            return 0;
    }

    template <Rating (*initial)(const S&), Rating (*rested)(const Rating&, double, const S&),
              void (*update)(std::span<Team>, const S&),
              std::vector<double> (*predict)(std::span<const Team>, const S&)>
    static constexpr Engine make(std::string_view name, std::string_view title) {
        return {
            .name = name,
            .title = title,
            .settings_schema = settings_schema,
            .read_settings = read_settings,
            .write_settings = write_settings,
            .initial = [](const Settings& s) { return initial(of(s)); },
            .rested = [](const Rating& r, double periods, const Settings& s) { return rested(r, periods, of(s)); },
            .period_days = [](const Settings& s) { return period_days(of(s)); },
            .update = [](std::span<Team> teams, const Settings& s) { update(teams, of(s)); },
            .predict = [](std::span<const Team> teams, const Settings& s) { return predict(teams, of(s)); },
        };
    }
};

}  // namespace agon::ratings
