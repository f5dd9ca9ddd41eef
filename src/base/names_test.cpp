#include "base/names.hpp"

#include <doctest/doctest.h>

namespace agon {

namespace {

std::string skeleton(std::string_view name) { return parse_username(name).value().skeleton; }
std::string refusal(std::string_view name) {
    const auto parsed = parse_username(name);
    return parsed ? "accepted" : parsed.error().message;
}

}  // namespace

TEST_CASE("a username is 3 to 32 characters as people count them") {
    for (const auto* good : {"ana", "Ana-2", "a.b_c", "0ab", "12345678901234567890123456789012", "Ana Maria", "José",
                             "Ζήνων", "Лев Толстой", "山田太郎", "김철수", "नमस्ते"})
        CHECK_MESSAGE(parse_username(good).has_value(), good);
    for (const auto* bad : {"", "an", "é́", "123456789012345678901234567890123"})
        CHECK_MESSAGE(refusal(bad) == "must be 3 to 32 characters long", bad);
    CHECK(refusal(std::string(2000, 'a')) == "is too long");
}

TEST_CASE("a username holds letters, digits and a few marks, and begins with one of the former") {
    for (const auto* bad : {"ana/", "a\tb", "ana\n", "ana\x7f", "a\u200bna", "a\u202ena", "ana!", "a@na",
                            "\U0001f600ana", "\ue000ana", "a\u0378na", "ana\u00a0x", "<b>ana"})
        CHECK_MESSAGE(refusal(bad) == "may hold letters, digits, blanks, '-', '_' and '.' only", bad);
    for (const auto* bad : {".ana", "-ana", "_ana", " ana"})
        CHECK_MESSAGE(refusal(bad) == "must begin with a letter or digit", bad);
    CHECK(refusal("ana ") == "must not end with a blank");
    CHECK(refusal("a  na") == "must not have two blanks in a row");
    CHECK(refusal("an\xff") == "must be UTF-8");
    CHECK(refusal("an\xed\xa0\x80") == "must be UTF-8");
}

TEST_CASE("a username keeps to one script") {
    CHECK(refusal("аnа") == "must keep to one script");     // Cyrillic a, Latin n
    CHECK(refusal("pаypal") == "must keep to one script");  // one Cyrillic letter
    CHECK(refusal("αna") == "must keep to one script");     // Greek alpha
    CHECK(parse_username("漢字かなLatin").has_value());     // what Japanese mixes is one script by UTS 39
}

TEST_CASE("a username is shown in one normal form") {
    CHECK(parse_username("Jose\u0301")->shown == "Jos\u00e9");
    CHECK(parse_username("Jose\u0301")->folded == parse_username("JOS\u00c9")->folded);
}

TEST_CASE("names that differ in capitals or look alike have one skeleton") {
    CHECK(skeleton("Ana") == skeleton("aNA"));
    CHECK(skeleton("bob") == skeleton("b0b"));
    CHECK(skeleton("bill") == skeleton("BI11"));
    CHECK(skeleton("modern") == skeleton("modem"));
    CHECK(skeleton("аса") == skeleton("aca"));  // all Cyrillic, all Latin
    CHECK(skeleton("ana") != skeleton("anb"));
    CHECK(skeleton("ana-b") != skeleton("ana_b"));
}

TEST_CASE("a text is folded whatever it is") {
    CHECK(folded("ANA") == "ana");
    CHECK(folded("\xff") == "\xff");
    CHECK(normalised("e\u0301").value() == "\u00e9");
    CHECK(!normalised("\xff").has_value());
}

}  // namespace agon
