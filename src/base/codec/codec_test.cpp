#include "base/codec/codec.hpp"

#include <doctest/doctest.h>

#include <cmath>

namespace agon::codec {

namespace {

enum class Colour { red, deep_blue, default_ };
BOOST_DESCRIBE_ENUM(Colour, red, deep_blue, default_)

struct Inner {
    std::int64_t player_count = 0;
    bool operator==(const Inner&) const = default;
};
BOOST_DESCRIBE_STRUCT(Inner, (), (player_count))

struct Sample {
    std::string name;
    Colour colour{};
    std::optional<std::int64_t> limit;
    Omittable<std::string> note;
    std::vector<Inner> inner;
    double ratio = 0.5;
    Instant at;
    bool operator==(const Sample&) const = default;
    static constexpr Note notes[] = {
        {.field = "name", .doc = "what it is called", .min = 1, .max = 5},
        {.field = "limit", .min = 2, .max = 65536},
        {.field = "ratio", .has_default = true},
    };
};
BOOST_DESCRIBE_STRUCT(Sample, (), (name, colour, limit, note, inner, ratio, at))

namespace here {
struct Opponent {
    std::string name;
};
BOOST_DESCRIBE_STRUCT(Opponent, (), (name))
}  // namespace here
namespace there {
struct Opponent {
    std::int64_t number = 0;
};
BOOST_DESCRIBE_STRUCT(Opponent, (), (number))
}  // namespace there

constexpr Spelling capitals{.names = Names::camel_case, .words = Words::upper, .ids = Ids::uuid};
constexpr Spelling snake{};

Error mistake_in(std::string_view text) {
    const auto result = read_text<Sample, snake>(text);
    REQUIRE(!result);
    return result.error();
}

}  // namespace

TEST_CASE("a struct is written in the spelling of a face") {
    const Sample s{.name = "a\"b", .colour = Colour::deep_blue, .inner = {{3}}, .at = {1'500'000}};
    CHECK(to_json<snake>(s) == R"({"name":"a\"b","colour":"deep_blue","limit":null,"inner":[{"player_count":3}],)"
                               R"("ratio":0.5,"at":"1970-01-01T00:00:01Z"})");
    CHECK(to_json<capitals>(s) == R"({"name":"a\"b","colour":"DEEP_BLUE","limit":null,"inner":[{"playerCount":3}],)"
                                  R"("ratio":0.5,"at":"1970-01-01T00:00:01Z"})");
    CHECK(to_json<log_spelling>(Colour::default_) == R"("default")");
}

TEST_CASE("what is written is read back the same") {
    const Sample s{
        .name = "abc", .colour = Colour::red, .limit = 7, .note = "n", .inner = {{1}, {2}}, .at = {1'500'001}};
    CHECK(read_text<Sample>(to_json<log_spelling>(s)) == s);
}

TEST_CASE("the first mistake is named, with where it is and what is allowed") {
    const std::string good = R"("colour":"red","inner":[],"at":"2024-01-15T10:00:00Z")";
    CHECK(mistake_in("{" + good + "}") == Error{Code::invalid, "field required", "/name"});
    CHECK(mistake_in(R"({"name":7})") == Error{Code::invalid, "must be a text, not a number", "/name"});
    CHECK(mistake_in(R"({"name":null})") == Error{Code::invalid, "must not be null", "/name"});
    CHECK(mistake_in(R"({"name":""})").message == "needs at least 1 character");
    CHECK(mistake_in(R"({"name":"abcdef"})").message == "has 6 characters; at most 5 are allowed");
    CHECK(mistake_in(R"({"name":"ä","colour":"green"})") ==
          Error{Code::invalid, "must be 'red', 'deep_blue' or 'default'", "/colour"});
    CHECK(mistake_in(R"({"name":"ä","limit":1,)" + good + "}") ==
          Error{Code::invalid, "1 is too small; must be from 2 to 65,536", "/limit"});
    CHECK(mistake_in(R"({"name":"ä","colour":"red","inner":[{"player_count":1},{"player_count":1.5}]})") ==
          Error{Code::invalid, "must be a whole number", "/inner/1/player_count"});
    CHECK(mistake_in(R"({"name":"ä","colour":"red","inner":[],"at":"yesterday"})").pointer == "/at");
    CHECK(mistake_in(R"({"name":"ä","limit":1.5,)" + good + "}").message == "must be a whole number");
    CHECK(mistake_in("[]") == Error{Code::invalid, "must be an object, not a list", ""});
}

TEST_CASE("a whole number that is out of range is told as it was sent") {
    const auto told = [](std::string_view limit) {
        return mistake_in(fmt::format(R"({{"name":"ä","colour":"red","limit":{}}})", limit)).message;
    };
    const std::string is_too_large = " is too large; must be from 2 to 65,536";
    CHECK(told("9223372036854775807") == "9,223,372,036,854,775,807" + is_too_large);
    CHECK(told("9223372036854775808") == "9,223,372,036,854,775,808" + is_too_large);
    CHECK(told("92233720368547759") == "92,233,720,368,547,759" + is_too_large);
    CHECK(told("100000.0") == "100,000" + is_too_large);
    CHECK(told("-9223372036854775808") == "-9,223,372,036,854,775,808 is too small; must be from 2 to 65,536");
}

TEST_CASE("an id of another kind is told with its article") {
    CHECK(wrong_id("Match")->message == "not the id of a Match");
    CHECK(wrong_id("Event")->message == "not the id of an Event");
}

TEST_CASE("the wrong kind of JSON is told from the wrong value") {
    const auto is_kind = [](std::string_view field, std::string_view value) {
        JsonObject whole{{"name", "x"}, {"colour", "red"}, {"inner", JsonArray{}}, {"at", "2024-01-15T10:00:00Z"}};
        whole[field] = parse_json(value).value();
        const auto result = read<Sample, snake>(Json(whole));
        REQUIRE(!result);
        return is_wrong_kind(result.error());
    };
    for (const auto field : {"name", "colour", "inner", "at"})
        for (const auto value : {"null", "true", "false", "7", "{}"}) CHECK(is_kind(field, value));
    CHECK(is_kind("limit", R"("7")"));
    CHECK(is_kind("limit", "2.5"));
    CHECK(is_kind("ratio", "true"));
    CHECK(is_kind("inner", R"([{"player_count": null}])"));
    CHECK(!is_kind("name", R"("")"));
    CHECK(!is_kind("colour", R"("green")"));
    CHECK(!is_kind("limit", "1"));
    CHECK(!is_kind("at", R"("yesterday")"));
}

TEST_CASE("every field's mistake is told to whoever asks, the first one first") {
    const auto json = parse_json(R"({"name":"","limit":1,"inner":[{},{"player_count":"x"}],"at":null})").value();
    const auto all = all_mistakes<Sample, snake>(json);
    REQUIRE(all.size() == 5);
    CHECK(all[0] == read<Sample, snake>(json).error());
    CHECK(all[1] == Error{Code::invalid, "field required", "/colour"});
    CHECK(all[2].pointer == "/limit");
    CHECK(all[3] == Error{Code::invalid, "field required", "/inner/0/player_count"});
    CHECK(all[4] == Error{Code::invalid, "must not be null", "/at"});
    CHECK(all_mistakes<Sample, snake>(Json(7)) ==
          std::vector{Error{Code::invalid, "must be an object, not a number", ""}});
}

TEST_CASE("the log's reader keeps defaults for what an old event lacks") {
    CHECK(read_text<Sample>(R"({"name":"x"})")->ratio == 0.5);
}

TEST_CASE("a schema says what may be sent") {
    Schemas all;
    CHECK(to_text(schema<snake, Sample>(all)) == R"({"$ref":"#/components/schemas/Sample"})");
    const auto& sample = all.components.at("Sample");
    CHECK(to_text(sample.at("required")) == R"(["name","colour","inner","at"])");
    CHECK(to_text(sample.at_pointer("/properties/limit")) ==
          R"({"type":["integer","null"],"minimum":2,"maximum":65536})");
    CHECK(to_text(sample.at_pointer("/properties/ratio")) == R"({"type":"number","default":0.5})");
    CHECK(to_text(sample.at_pointer("/properties/colour/enum")) == R"(["red","deep_blue","default"])");
}

TEST_CASE("numbers print in their shortest form") {
    CHECK(to_text(Json(0.1)) == "0.1");
    CHECK(to_text(Json(30.0)) == "30");
    CHECK(to_text(Json(std::int64_t{9007199254740993})) == "9007199254740993");
}

TEST_CASE("two structs of one name cannot be in one document") {
    Schemas all;
    schema<snake, here::Opponent>(all);
    CHECK_NOTHROW(schema<snake, here::Opponent>(all));
    CHECK_THROWS(schema<snake, there::Opponent>(all));
}

TEST_CASE("a text that says a member twice, nests too deep or goes on after its end is refused") {
    CHECK(!parse_json(R"({"a":1,"a":2})"));
    CHECK(!parse_json(R"({"b":{"a":1,"\u0061":2}})"));
    CHECK(parse_json(R"({"b":{"a":1},"a":{}})"));
    CHECK(!parse_json("{} {}"));
    CHECK(!parse_json("\xef\xbb\xbf{}"));
    CHECK(!parse_json(""));
    CHECK(!parse_json(std::string(33, '[') + std::string(33, ']')));
    CHECK(parse_json(std::string(32, '[') + std::string(32, ']')));
}

TEST_CASE("a number that was written is read back to the last bit") {
    double number = 1.0 / 3;
    for (int i = 0; i < 20'000; ++i) {
        number = std::fmod(number * 1103.7 + 12.345 / (i + 1), 4000.0);
        std::string text;
        write_json_number(text, number);
        const auto read = parse_json("[" + text + "]");
        REQUIRE(read.has_value());
        REQUIRE(read->as_array()[0].to_number<double>() == number);
    }
}

}  // namespace agon::codec
