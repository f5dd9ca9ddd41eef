// What most files of this layer and of those to its right include, parsed once.
#pragma once

#include "base/precompiled.hpp"

#include "app/engine.hpp"
#include "app/rows/rows.hpp"
