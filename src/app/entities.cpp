#include "app/entities_impl.hpp"
#include "core/ratings/choice.hpp"

namespace agon {

template class Entities<WalletAggregate>;
template class Entities<GameAggregate>;
template class Entities<BotAggregate>;
template class Entities<UserAggregate>;
template class Entities<VenueAggregate>;
template class Entities<OccasionAggregate>;
template class Entities<QueueAggregate>;
template class Entities<RankedMatchAggregate>;

template NewEvent encode(const ledger::WalletEvent&);
template ledger::WalletEvent decode<ledger::WalletEvent>(const Recorded&);
template NewEvent encode(const games::GameEvent&);
template games::GameEvent decode<games::GameEvent>(const Recorded&);
template NewEvent encode(const bots::BotEvent&);
template bots::BotEvent decode<bots::BotEvent>(const Recorded&);
template NewEvent encode(const users::UserEvent&);
template users::UserEvent decode<users::UserEvent>(const Recorded&);
template NewEvent encode(const venues::VenueEvent&);
template venues::VenueEvent decode<venues::VenueEvent>(const Recorded&);
template NewEvent encode(const occasions::OccasionEvent&);
template occasions::OccasionEvent decode<occasions::OccasionEvent>(const Recorded&);
template NewEvent encode(const ranked::QueueEvent&);
template ranked::QueueEvent decode<ranked::QueueEvent>(const Recorded&);
template NewEvent encode(const ratings::RatingRuleEvent&);
template ratings::RatingRuleEvent decode<ratings::RatingRuleEvent>(const Recorded&);
template NewEvent encode(const ranked::RankedMatchEvent&);
template ranked::RankedMatchEvent decode<ranked::RankedMatchEvent>(const Recorded&);

}  // namespace agon
