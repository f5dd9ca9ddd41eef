/// What faces make of a state, kept by the engine per version.
#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace agon {

/// A body that is made once per version and sent many times. Immutable; shared by threads.
struct Rendered {
    std::string body;
    /// With its quotes, as in `"17-bracket"`; empty where there is none.
    std::string etag;
    std::string_view content_type = "application/json";
};
using RenderedPtr = std::shared_ptr<const Rendered>;

}  // namespace agon
