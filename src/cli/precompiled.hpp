// What most files of this layer include, parsed once.
#pragma once

#include "faces/precompiled.hpp"

#include <CLI/CLI.hpp>
