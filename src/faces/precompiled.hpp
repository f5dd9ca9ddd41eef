// What most files of this layer and of those to its right include, parsed once.
#pragma once

#include "app/precompiled.hpp"

#include "faces/router.hpp"
