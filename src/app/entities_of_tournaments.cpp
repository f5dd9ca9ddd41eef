#include "app/entities_impl.hpp"

namespace agon {

template class Entities<TournamentAggregate>;

template NewEvent encode(const TournamentEvent&);
template TournamentEvent decode<TournamentEvent>(const Recorded&);

}  // namespace agon
