/// The life of a tournament as one table: `decide`, the sentences of refusals and the documentation read it.
#pragma once

#include <optional>
#include <span>

#include "base/codec/describe.hpp"

namespace agon {

enum class Status { upcoming, registration_open, ready, in_progress, completed, cancelled };
BOOST_DESCRIBE_ENUM(Status, upcoming, registration_open, ready, in_progress, completed, cancelled)

enum class Order {
    open_registration,
    register_entrant,
    withdraw_entrant,
    check_in,
    close_registration,
    reopen_registration,
    start,
    admit_late,
    leave,
    grant_bye,
    advance,
    report_result,
    correct_result,
    complete,
    cancel,
    change,
    generate_bracket,
    set_seeds,
    delete_
};
BOOST_DESCRIBE_ENUM(Order, open_registration, register_entrant, withdraw_entrant, check_in, close_registration,
                    reopen_registration, start, admit_late, leave, grant_bye, advance, report_result, correct_result,
                    complete, cancel, change, generate_bracket, set_seeds, delete_)

struct Transition {
    Status from;
    Order order;
    Status to;
};

/// Every order that is allowed, and where it leads; what is not listed is refused.
inline constexpr Transition lifecycle[] = {
    {Status::upcoming, Order::open_registration, Status::registration_open},
    {Status::upcoming, Order::cancel, Status::cancelled},
    {Status::registration_open, Order::register_entrant, Status::registration_open},
    {Status::registration_open, Order::withdraw_entrant, Status::registration_open},
    {Status::registration_open, Order::check_in, Status::registration_open},
    {Status::registration_open, Order::close_registration, Status::ready},
    {Status::registration_open, Order::start, Status::in_progress},
    {Status::registration_open, Order::cancel, Status::cancelled},
    {Status::ready, Order::withdraw_entrant, Status::ready},
    {Status::ready, Order::check_in, Status::ready},
    {Status::ready, Order::reopen_registration, Status::registration_open},
    {Status::ready, Order::start, Status::in_progress},
    {Status::ready, Order::cancel, Status::cancelled},
    {Status::in_progress, Order::admit_late, Status::in_progress},
    {Status::in_progress, Order::leave, Status::in_progress},
    {Status::in_progress, Order::grant_bye, Status::in_progress},
    {Status::in_progress, Order::advance, Status::in_progress},
    {Status::in_progress, Order::report_result, Status::in_progress},
    {Status::in_progress, Order::correct_result, Status::in_progress},
    {Status::in_progress, Order::complete, Status::completed},
    {Status::in_progress, Order::cancel, Status::cancelled},
    {Status::completed, Order::correct_result, Status::in_progress},
    {Status::upcoming, Order::change, Status::upcoming},
    {Status::registration_open, Order::change, Status::registration_open},
    {Status::ready, Order::change, Status::ready},
    {Status::in_progress, Order::change, Status::in_progress},
    {Status::registration_open, Order::generate_bracket, Status::ready},
    {Status::ready, Order::generate_bracket, Status::ready},
    {Status::registration_open, Order::set_seeds, Status::registration_open},
    {Status::ready, Order::set_seeds, Status::ready},
    {Status::upcoming, Order::delete_, Status::cancelled},
    {Status::registration_open, Order::delete_, Status::cancelled},
    {Status::ready, Order::delete_, Status::cancelled},
    {Status::completed, Order::delete_, Status::completed},
    {Status::cancelled, Order::delete_, Status::cancelled},
};

/// Where the order leads from there; nothing where it is not allowed.
constexpr std::optional<Status> leads_to(Status from, Order order) {
    for (const auto& t : lifecycle)
        if (t.from == from && t.order == order) return t.to;
    return std::nullopt;
}

constexpr bool allows(Status from, Order order) { return leads_to(from, order).has_value(); }

}  // namespace agon
