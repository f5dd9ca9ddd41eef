#pragma once
#include "core/formats/stage.hpp"
namespace agon::formats {
inline std::string why(const Stage& s, MatchNumber m) { return std::string(s.drawn_because(m)); }
}  // namespace agon::formats
