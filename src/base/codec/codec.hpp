/// Described structs as JSON: written, read, and described by a schema.
#pragma once

#include "base/codec/read.hpp"
#include "base/codec/schema.hpp"
#include "base/codec/write.hpp"
