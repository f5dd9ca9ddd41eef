#include "base/names.hpp"

#include <unicode/brkiter.h>
#include <unicode/normalizer2.h>
#include <unicode/unistr.h>
#include <unicode/uscript.h>
#include <unicode/uspoof.h>

#include <memory>

namespace agon {

namespace {

using icu::UnicodeString;

constexpr std::int32_t shortest = 3, longest = 32;
constexpr std::size_t most_bytes = 1024;

std::string to_utf8(const UnicodeString& text) {
    std::string out;
    text.toUTF8String(out);
    return out;
}

/// Nothing where the bytes are not UTF-8.
Result<UnicodeString> from_utf8(std::string_view utf8) {
    if (utf8.size() > most_bytes) return refused(Code::invalid, "is too long");
    auto text = UnicodeString::fromUTF8({utf8.data(), static_cast<std::int32_t>(utf8.size())});
    // Broken bytes were replaced on the way.
    if (to_utf8(text) != utf8) return refused(Code::invalid, "must be UTF-8");
    return text;
}

UnicodeString nfc(const UnicodeString& text) {
    UErrorCode failure = U_ZERO_ERROR;
    const auto* form = icu::Normalizer2::getNFCInstance(failure);
    CHECK_THAT(U_SUCCESS(failure));
    return form->normalize(text, failure);
}

UnicodeString fold(const UnicodeString& text) {
    UErrorCode failure = U_ZERO_ERROR;
    const auto* form = icu::Normalizer2::getNFKCCasefoldInstance(failure);
    CHECK_THAT(U_SUCCESS(failure));
    return form->normalize(text, failure);
}

std::int32_t count_graphemes(const UnicodeString& text) {
    UErrorCode failure = U_ZERO_ERROR;
    const std::unique_ptr<icu::BreakIterator> characters(
        icu::BreakIterator::createCharacterInstance(icu::Locale::getRoot(), failure));
    CHECK_THAT(U_SUCCESS(failure));
    characters->setText(text);
    std::int32_t count = 0;
    while (characters->next() != icu::BreakIterator::DONE) ++count;
    return count;
}

bool is_mark_between(UChar32 c) { return c == ' ' || c == '-' || c == '_' || c == '.'; }

/// Letters, digits, and the marks that belong to letters.
bool is_part_of_a_word(UChar32 c) {
    constexpr auto allowed = U_GC_L_MASK | U_GC_ND_MASK | U_GC_MN_MASK | U_GC_MC_MASK;
    return (U_GET_GC_MASK(c) & allowed) != 0;
}

Result<void> check_characters(const UnicodeString& text) {
    for (std::int32_t i = 0; i < text.length(); i = text.moveIndex32(i, 1)) {
        const auto c = text.char32At(i);
        if (!is_part_of_a_word(c) && !is_mark_between(c))
            return refused(Code::invalid, "may hold letters, digits, blanks, '-', '_' and '.' only");
    }
    const auto is_word = [&](std::int32_t at) {
        return is_part_of_a_word(text.char32At(at)) && (U_GET_GC_MASK(text.char32At(at)) & U_GC_M_MASK) == 0;
    };
    if (!is_word(0)) return refused(Code::invalid, "must begin with a letter or digit");
    if (text.endsWith(" ")) return refused(Code::invalid, "must not end with a blank");
    if (text.indexOf("  ") >= 0) return refused(Code::invalid, "must not have two blanks in a row");
    return {};
}

/// UTS 39: what looks alike, and what mixes scripts. Made once; any thread may use it.
const USpoofChecker* checker() {
    static const auto* made = [] {
        UErrorCode failure = U_ZERO_ERROR;
        auto* spoof = uspoof_open(&failure);
        uspoof_setRestrictionLevel(spoof, USPOOF_HIGHLY_RESTRICTIVE);
        uspoof_setChecks(spoof, USPOOF_RESTRICTION_LEVEL | USPOOF_MIXED_NUMBERS | USPOOF_INVISIBLE, &failure);
        CHECK_THAT(U_SUCCESS(failure));
        return spoof;
    }();
    return made;
}

Result<void> check_script(const UnicodeString& text) {
    UErrorCode failure = U_ZERO_ERROR;
    const auto found = uspoof_check2UnicodeString(checker(), text, nullptr, &failure);
    CHECK_THAT(U_SUCCESS(failure));
    if (found == 0) return {};
    return refused(Code::invalid, "must keep to one script");
}

UnicodeString skeleton(const UnicodeString& text) {
    UErrorCode failure = U_ZERO_ERROR;
    UnicodeString made;
    uspoof_getSkeletonUnicodeString(checker(), 0, text, made, &failure);
    CHECK_THAT(U_SUCCESS(failure));
    return made;
}

}  // namespace

Result<Name> parse_username(std::string_view utf8) {
    auto text = from_utf8(utf8);
    if (!text) return std::unexpected(std::move(text.error()));
    const auto shown = nfc(*text);
    const auto length = count_graphemes(shown);
    if (length < shortest || length > longest || shown.length() > 4 * longest)
        return refused(Code::invalid, "must be 3 to 32 characters long");
    if (auto ok = check_characters(shown); !ok) return std::unexpected(std::move(ok.error()));
    if (auto ok = check_script(shown); !ok) return std::unexpected(std::move(ok.error()));
    const auto small = fold(shown);
    // Folded before and after: the table of confusables has capitals on its right side too.
    return Name{to_utf8(shown), to_utf8(small), to_utf8(fold(skeleton(small)))};
}

Result<std::string> normalised(std::string_view utf8) {
    auto text = from_utf8(utf8);
    if (!text) return std::unexpected(std::move(text.error()));
    return to_utf8(nfc(*text));
}

std::string folded(std::string_view utf8) {
    const auto text = from_utf8(utf8);
    return text ? to_utf8(fold(*text)) : std::string(utf8);
}

}  // namespace agon
