/// How the Player API's handlers change something.
#pragma once

#include "faces/player/player.hpp"

namespace agon::player {

/// Runs the command and answers with what `project` makes of the state that it led to. Where the request came with an
/// idempotency key, that answer is kept in the same transaction as the events: so `project` must give the handler's
/// reply itself.
template <class A, class Project>
auto execute(Context& c, typename A::Key key, typename A::Command command, Project project)
    -> Task<Result<std::invoke_result_t<Project, const typename A::State&>>> {
    const auto attach = [&c](Batch& batch, const auto& reply) {
        if (c.claim) c.claim->keep(batch, {c.success, detail::render_reply<spelling>(c.success, reply).body});
    };
    return c.services.engine.execute<A>(key, std::move(command), std::move(project), attach);
}

/// The reply to what has nothing more to say.
struct Success {
    bool success = true;
};
BOOST_DESCRIBE_STRUCT(Success, (), (success))

/// For what is made now.
inline Uuid new_uuid(Context& c) {
    auto& random = *c.services.random;
    return uuid7(c.services.engine.clock().now(), random.bits(), random.bits());
}

}  // namespace agon::player
