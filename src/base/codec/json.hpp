/// JSON values and text. Parsing is Boost.JSON's, made strict; writing is our own, because Boost's prints 0.1 as 1E-1.
#pragma once

#include <string>
#include <string_view>

#include <boost/json.hpp>

#include "base/result.hpp"

namespace agon {

using Json = boost::json::value;
using JsonObject = boost::json::object;
using JsonArray = boost::json::array;

/// Reads one JSON text (RFC 8259). Refused with `Code::invalid` and the byte where it stops making sense: anything
/// that is not JSON, not UTF-8, has a byte order mark, something after the value, nesting deeper than 32 or a
/// member name twice in one object.
Result<Json> parse_json(std::string_view text);
/// The same for a value that is read and dropped: all of it lies in `memory`, which outlives it.
Result<Json> parse_json(std::string_view text, boost::json::storage_ptr memory);

/// Appends `value` as compact JSON. Numbers print in their shortest form that reads back the same.
void write_json(std::string& out, const Json& value);
std::string to_text(const Json& value);

/// Appends `text` as a JSON string with its quotes. Bytes from 0x80 are passed through.
void write_json_string(std::string& out, std::string_view text);
void write_json_number(std::string& out, double number);

}  // namespace agon
