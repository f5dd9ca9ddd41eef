/// The OpenAPI 3.1 document, from the endpoint values.
#pragma once

#include "faces/router.hpp"

namespace agon {

Json openapi(std::span<const Router::Route>, std::string_view version);

}  // namespace agon
