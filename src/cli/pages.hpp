/// What the server shows to a browser, and what it says of itself to machines.
#pragma once

#include "faces/router.hpp"

namespace agon::cli {

/// The home page, the page of the first admin, `/docs`, and the two documents below. After the endpoints that they describe.
void add_pages(Router&);

/// The OpenAPI document of this program.
std::string openapi_text();
/// The AsyncAPI document of this program.
std::string asyncapi_text();

}  // namespace agon::cli
