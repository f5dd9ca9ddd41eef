#include "app/accounts.hpp"

#include <doctest/doctest.h>

#include "app/accounts_testing.hpp"

namespace agon {

using namespace testing;

namespace {

const Error wrong{Code::unauthenticated, "wrong username or password", ""};
const Error over{Code::unauthenticated, "the session is over", ""};

struct Desk : AccountsWorld {
    Result<SignedIn> sign_in(std::string name, std::string password = std::string(good_password)) {
        return world->run(accounts->sign_in(std::move(name), std::move(password)));
    }
    Result<SignedIn> refresh(std::string token) { return world->run(accounts->refresh(std::move(token))); }
};

/// The same words, whatever part of the store they are in.
bool is_anywhere(World& world, std::string_view secret) {
    for (const auto& event : world->store.follow(0, 10'000))
        if (event.data.find(secret) != std::string::npos) return true;
    return false;
}

}  // namespace

TEST_CASE("whoever signs up is signed in, and can sign in again after a restart") {
    Desk desk;
    const auto ana = desk.sign_up("Ana");
    CHECK(desk.opens(ana.access_token));
    desk.restart();
    CHECK(desk.opens(ana.access_token));
    const auto again = desk.sign_in("aNA");
    REQUIRE(again.has_value());
    CHECK(again->who.user_id == ana.who.user_id);
    CHECK(again->who.username == "Ana");
    CHECK_CLEAN(desk.world.verdict());
}

TEST_CASE("a name is given once, also when it only looks the same") {
    Desk desk;
    desk.sign_up("bob");
    for (const auto* name : {"bob", "BOB", "b0b"}) {
        const auto second = desk.world->run(desk.accounts->sign_up(name, "another horse"));
        CHECK(second.error() == Error{Code::conflict, "the username is taken", ""});
    }
    CHECK(!desk.sign_in("b0b").has_value());
}

TEST_CASE("two who ask for one name at the same moment: one gets it") {
    Desk desk;
    auto first = desk.world->spawn(desk.accounts->sign_up("ana", "first horse"));
    auto second = desk.world->spawn(desk.accounts->sign_up("Ana", "second horse"));
    desk.world->settle();
    CHECK(first->get().has_value() != second->get().has_value());
    CHECK_CLEAN(desk.world.verdict());
}

TEST_CASE("weak passwords are refused with the rule") {
    const auto rule = [](std::string_view password) {
        const auto checked = check_password(password, "Anastasia");
        return checked ? "good" : checked.error().message;
    };
    CHECK(rule("correct horse") == "good");
    CHECK(rule("пароль!!") == "good");
    CHECK(rule("1234567") == "must be at least 8 characters long");
    CHECK(rule("") == "must be at least 8 characters long");
    CHECK(rule("anaSTASIA") == "must not be the username");
    CHECK(rule("aaaaaaaaaaa") == "is one of those that are tried first; choose another");
    CHECK(rule("Password123") == "is one of those that are tried first; choose another");
    CHECK(rule(std::string(257, 'x') + "y") == "must be at most 256 bytes long");
    CHECK(rule("correct \xff horse") == "must be UTF-8");
}

TEST_CASE("one password in two spellings of Unicode is one password") {
    Desk desk;
    REQUIRE(desk.world->run(desk.accounts->sign_up("ana", "caf\u00e9 caf\u00e9")).has_value());
    CHECK(desk.sign_in("ana", "cafe\u0301 cafe\u0301").has_value());
}

TEST_CASE("an unknown name and a wrong password are refused alike, and both cost one hash") {
    Desk desk;
    desk.sign_up("ana");
    desk.hasher.verified = 0;
    CHECK(desk.sign_in("ana", "wrong horse").error() == wrong);
    CHECK(desk.sign_in("nobody", "wrong horse").error() == wrong);
    CHECK(desk.sign_in("nobody", "nobody's").error() == wrong);
    CHECK(desk.sign_in("ana", "\xff").error() == wrong);
    CHECK(desk.sign_in("ana", std::string(60'000, 'x')).error() == wrong);
    CHECK(desk.hasher.verified == 5);
}

TEST_CASE("whoever has no password cannot sign in by one") {
    Desk desk;
    REQUIRE(find_or_create_user(desk.world->engine, "ana", {}).has_value());
    CHECK(desk.sign_in("ana", "").error() == wrong);
    CHECK(desk.sign_in("ana", "nobody's").error() == wrong);
}

TEST_CASE("a hash of old parameters is made anew at the next sign-in, and at no other time") {
    Desk desk;
    const auto ana = desk.sign_up("ana");
    desk.hasher.version = 2;
    CHECK(!desk.sign_in("ana", "wrong horse").has_value());
    CHECK(desk.state(ana.who.user_id).password_hash.starts_with("v1"));
    CHECK(desk.sign_in("ana").has_value());
    CHECK(desk.state(ana.who.user_id).password_hash.starts_with("v2"));
    CHECK(desk.opens(ana.access_token));
    CHECK(desk.sign_in("ana").has_value());
}

TEST_CASE("a refresh token buys the next pair, once; the second time the session ends") {
    Desk desk;
    const auto first = desk.sign_up("ana");
    const auto second = desk.refresh(first.refresh_token);
    REQUIRE(second.has_value());
    CHECK(desk.opens(second->access_token));
    const auto third = desk.refresh(second->refresh_token);
    REQUIRE(third.has_value());
    CHECK(desk.refresh(second->refresh_token).error() == over);
    CHECK(desk.refresh(third->refresh_token).error() == over);
    for (const auto& token : {first.access_token, second->access_token, third->access_token}) CHECK(!desk.opens(token));
    CHECK(desk.sign_in("ana").has_value());
    CHECK_CLEAN(desk.world.verdict());
}

TEST_CASE("one refresh token sent twice at the same moment is a reuse") {
    Desk desk;
    const auto ana = desk.sign_up("ana");
    auto one = desk.world->spawn(desk.accounts->refresh(ana.refresh_token));
    auto two = desk.world->spawn(desk.accounts->refresh(ana.refresh_token));
    desk.world->settle();
    CHECK(one->get().has_value() != two->get().has_value());
    CHECK(desk.state(ana.who.user_id).sessions.empty());
}

TEST_CASE("a refresh token ends with its session, and only its own form is one") {
    Desk desk;
    const auto ana = desk.sign_up("ana");
    auto changed = ana.refresh_token;
    changed[4] = changed[4] == 'A' ? 'B' : 'A';
    for (const auto& bad :
         {std::string(), changed, ana.refresh_token + "A", ana.access_token, "agk_" + ana.refresh_token.substr(4)})
        CHECK(desk.refresh(bad).error() == over);
    CHECK(desk.opens(ana.access_token));
    desk.world.outside.clock.advance(session_lifetime);
    CHECK(desk.refresh(ana.refresh_token).error() == over);
}

TEST_CASE("an access token is no refresh token, and the other way round") {
    Desk desk;
    const auto ana = desk.sign_up("ana");
    CHECK(!desk.opens(ana.refresh_token));
    CHECK(!desk.refresh(ana.access_token).has_value());
}

TEST_CASE("a changed password ends what was there, but for whoever changed it") {
    Desk desk;
    const auto first = desk.sign_up("ana");
    const auto other = desk.sign_in("ana");
    const auto next =
        desk.world->run(desk.accounts->change_password(first.who, std::string(good_password), "battery staple"));
    REQUIRE(next.has_value());
    CHECK(desk.opens(next->access_token));
    for (const auto& token : {first.access_token, other->access_token}) CHECK(!desk.opens(token));
    CHECK(desk.refresh(other->refresh_token).error() == over);
    CHECK(desk.sign_in("ana").error() == wrong);
    CHECK(desk.sign_in("ana", "battery staple").has_value());
}

TEST_CASE("a password is changed by who knows the present one, to a good one") {
    Desk desk;
    const auto ana = desk.sign_up("ana");
    CHECK(desk.world->run(desk.accounts->change_password(ana.who, "wrong horse", "battery staple")).error() ==
          Error{Code::invalid, "is wrong", "/present_password"});
    CHECK(desk.world->run(desk.accounts->change_password(ana.who, std::string(good_password), "short")).error() ==
          Error{Code::invalid, "must be at least 8 characters long", "/new_password"});
    CHECK(desk.opens(ana.access_token));
}

TEST_CASE("a new role revokes access tokens; the session goes on with it") {
    Desk desk;
    const auto ana = desk.sign_up("ana");
    REQUIRE(run_user_command(desk.world->engine, ana.who.user_id, users::ChangeRole{users::Role::host}).has_value());
    CHECK(!desk.opens(ana.access_token));
    const auto next = desk.refresh(ana.refresh_token);
    REQUIRE(next.has_value());
    CHECK(next->who.role == users::Role::host);
    CHECK(desk.opens(next->access_token));
}

TEST_CASE("what another process changes counts within a second, and its tokens at once") {
    Desk desk;
    const auto ana = desk.sign_up("ana");
    CHECK(desk.opens(ana.access_token));
    const auto other = std::make_unique<Process>(desk.world.outside);
    REQUIRE(find_or_create_user(other->engine, "ana", users::Role::admin).has_value());
    desk.world.outside.clock.advance(seconds(1));
    CHECK(!desk.opens(ana.access_token));

    const auto host = find_or_create_user(other->engine, "ana", users::Role::host);
    const auto token =
        other->tokens.issue(*host, desk.world.outside.clock.now(), seconds(60), desk.world.outside.random);
    CHECK(desk.opens(token));
    CHECK(desk.world->access.identify("Bearer " + token)->user->role == users::Role::host);
}

TEST_CASE("no secret is in the log") {
    Desk desk;
    const auto ana = desk.sign_up("ana");
    const auto next = desk.refresh(ana.refresh_token);
    for (const auto& secret : {std::string(good_password), ana.access_token, ana.refresh_token, next->refresh_token,
                               ana.refresh_token.substr(24)})
        CHECK(!is_anywhere(desk.world, secret));
}

TEST_CASE("a store that fails lets nobody in") {
    Desk desk;
    desk.world->store.failing_commits = 1;
    CHECK_THROWS_AS(desk.world->run(desk.accounts->sign_up("ana", std::string(good_password))), StoreBroken);
    CHECK(desk.sign_in("ana").error() == wrong);
    desk.sign_up("ana");
    CHECK_CLEAN(desk.world.verdict());
}

TEST_CASE("when too many passwords wait to be hashed, the next is told to come back") {
    struct Slow : FakeHasher {
        bool verify(const std::string& hash, std::string_view password) const override {
            std::unique_lock lock(mutex);
            go.wait(lock, [this] { return open; });
            return FakeHasher::verify(hash, password);
        }
        mutable std::mutex mutex;
        mutable std::condition_variable go;
        bool open = false;
    } slow;
    boost::asio::io_context context(1);
    std::vector<std::shared_ptr<Pending<Result<bool>>>> tries;
    {
        Passwords passwords(slow, 1, 2);
        for (int i = 0; i < 10; ++i) tries.push_back(spawn_on(context, passwords.verify(slow.hash("x"), "x")));
        context.poll();
        {
            const std::lock_guard lock(slow.mutex);
            slow.open = true;
        }
        slow.go.notify_all();
    }
    context.restart();
    context.run();
    std::size_t served = 0;
    for (auto& t : tries) {
        if (t->get())
            ++served;
        else
            CHECK(t->get().error() == Error{Code::exhausted, "too many requests", ""});
    }
    CHECK(served >= 2);
    CHECK(served <= 3);
}

}  // namespace agon
