/// Names of people and things as Unicode has them: which may be used, and which look alike. By ICU, in this file alone.
#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"

namespace agon {

struct Name {
    /// As it is shown: normalised (NFC).
    std::string shown;
    /// The same for every spelling in capitals and small letters; to look a name up by. Stable between Unicode versions.
    std::string folded;
    /// The same for names that look alike, as `bob` and `b0b`; for telling whether a name is taken. Changes with
    /// Unicode's table of confusables, so nothing is looked up by it.
    std::string skeleton;
};

/// A name to sign in with: 3 to 32 characters (as people count them), letters and digits of one script, and between them
/// single blanks, `-`, `_` and `.`. Refused with the rule that it breaks.
Result<Name> parse_username(std::string_view utf8);

/// Normalised (NFC); nothing where it is not UTF-8. For what is compared byte by byte, as passwords are.
Result<std::string> normalised(std::string_view utf8);

/// Case-folded and normalised, whatever it is; the text itself where it is not UTF-8.
std::string folded(std::string_view utf8);

}  // namespace agon
