#include "app/live.hpp"

#include <algorithm>

#include <boost/asio/post.hpp>

namespace agon {

namespace {

constexpr std::size_t log_page = 4'096;

/// Who watches what, and how far the hub is. Any thread.
class Watched : public LiveInterest {
public:
    /// From the position returned on, the hub tells the events of that channel.
    Seq add(const std::string& channel) {
        const std::lock_guard lock(mutex_);
        ++channels_[channel];
        ++count_;
        return position_;
    }
    void remove(const std::string& channel) {
        const std::lock_guard lock(mutex_);
        const auto found = channels_.find(channel);
        if (--found->second == 0) channels_.erase(found);
        --count_;
    }
    /// The hub takes that event, with the watchers of this moment.
    bool advance(Seq seq) {
        const std::lock_guard lock(mutex_);
        position_ = seq;
        return !channels_.empty();
    }
    bool has(std::string_view channel) const override {
        const std::lock_guard lock(mutex_);
        return channels_.contains(channel);
    }
    bool has_any(std::string_view prefix) const override {
        const std::lock_guard lock(mutex_);
        const auto found = channels_.lower_bound(prefix);
        return found != channels_.end() && found->first.starts_with(prefix);
    }
    std::size_t count() const { return count_; }

private:
    mutable std::mutex mutex_;
    std::map<std::string, std::size_t, std::less<>> channels_;
    Seq position_ = 0;
    std::atomic<std::size_t> count_ = 0;
};

struct OneChannel : LiveInterest {
    explicit OneChannel(std::string_view c) : channel(c) {}
    bool has(std::string_view other) const override { return other == channel; }
    bool has_any(std::string_view prefix) const override { return channel.starts_with(prefix); }
    std::string_view channel;
};

/// What one io_context's thread delivers, without locks.
struct Branch {
    boost::asio::io_context* context = nullptr;
    std::unordered_map<std::string, std::vector<LiveSubscription*>> live;
    /// The last event of the last batch.
    Seq delivered = 0;
};

}  // namespace

struct LiveParts {
    LiveParts(Store& s, Journal& j, Live::MakeTeller make) : store(s), journal(j), make_teller(std::move(make)) {}
    Store& store;
    Journal& journal;
    Live::MakeTeller make_teller;
    Watched watched;
    std::vector<Branch> branches;

    std::size_t branch_here() const {
        for (std::size_t i = 0; i < branches.size(); ++i)
            if (branches[i].context->get_executor().running_in_this_thread()) return i;
        CHECK_THAT(branches.size() == 1);
        return 0;
    }
};

// --- messages ---------------------------------------------------------------------------------------------------------

namespace {

constexpr std::string_view before_name = R"({"event":")", before_data = R"(","data":)";

std::shared_ptr<const std::string> frame_of(const LiveEvent& event) {
    std::string text;
    text.reserve(before_name.size() + event.name.size() + before_data.size() + event.data.size() + 1);
    text.append(before_name).append(event.name).append(before_data).append(event.data).append("}");
    return std::make_shared<const std::string>(std::move(text));
}

}  // namespace

LiveMessage::LiveMessage(LiveEvent event)
    : channel_(std::move(event.channel)), name_(event.name), seq_(event.seq), frame_(frame_of(event)) {}

std::string_view LiveMessage::data() const {
    const auto from = before_name.size() + name_.size() + before_data.size();
    return std::string_view(*frame_).substr(from, frame_->size() - from - 1);
}

// --- a subscription ---------------------------------------------------------------------------------------------------

LiveSubscription::LiveSubscription(std::shared_ptr<LiveParts> parts, std::size_t branch, LiveChannel channel,
                                   std::optional<Seq> since, Hear hear)
    : parts_(std::move(parts)), branch_(branch), channel_(std::move(channel)), hear_(std::move(hear)) {
    began_at_ = parts_->watched.add(channel_.name);
    after_ = since && *since <= parts_->journal.last_seq() ? *since : began_at_;
    if (after_ >= began_at_)
        go_live();
    else
        page_ = std::make_unique<Page>();
}

LiveSubscription::~LiveSubscription() {
    parts_->watched.remove(channel_.name);
    if (!is_live_) return;
    auto& live = parts_->branches[branch_].live;
    const auto found = live.find(channel_.name);
    std::erase(found->second, this);
    if (found->second.empty()) live.erase(found);
}

void LiveSubscription::go_live() {
    is_live_ = true;
    page_.reset();
    parts_->branches[branch_].live[channel_.name].push_back(this);
}

void LiveSubscription::take(const LiveMessage& message) {
    if (message.seq() <= after_) return;
    after_ = message.seq();
    hear_(message);
}

std::vector<LiveMessage> LiveSubscription::missed(std::size_t limit) {
    std::vector<LiveMessage> messages;
    const OneChannel only{channel_.name};
    std::vector<LiveEvent> told;
    while (!is_live_ && messages.size() < limit) {
        if (page_->next == page_->events.size()) {
            if (!turn_page()) go_live();
            continue;
        }
        if (!page_->teller) page_->teller = parts_->make_teller();
        told.clear();
        page_->teller->tell(page_->events[page_->next], only, told);
        ++page_->next;
        for (auto& event : told)
            if (event.channel == channel_.name) messages.emplace_back(std::move(event));
    }
    return messages;
}

/// False where the log was read up to all that was delivered on this thread, or was told before there was a watcher:
/// whatever comes later is delivered.
bool LiveSubscription::turn_page() {
    const auto goal = std::max(began_at_, parts_->branches[branch_].delivered);
    if (after_ >= goal) return false;
    auto& page = *page_;
    page.next = 0;
    if (channel_.stream.empty()) {
        page.events = parts_->store.follow(after_, log_page);
        const bool more = page.events.size() == log_page;
        if (!more) after_ = goal;
    } else {
        page.events = parts_->store.read(channel_.stream, page.version);
        if (!page.events.empty()) page.version = page.events.back().version;
        std::erase_if(page.events, [&](const Recorded& e) { return e.seq <= after_; });
        after_ = goal;
    }
    if (!page.events.empty()) after_ = std::max(after_, page.events.back().seq);
    return true;
}

// --- the hub ----------------------------------------------------------------------------------------------------------

Live::Live(Store& store, Journal& journal, std::span<boost::asio::io_context* const> contexts, MakeTeller make)
    : Follower(journal, *contexts.front()), parts_(std::make_shared<LiveParts>(store, journal, std::move(make))) {
    for (auto* context : contexts) parts_->branches.push_back({.context = context, .live = {}});
}

Live::~Live() = default;

void Live::start() {
    const auto last = parts_->journal.last_seq();
    parts_->watched.advance(last);
    follow_from(last);
}

Result<std::unique_ptr<LiveSubscription>> Live::subscribe(LiveChannel channel, std::optional<Seq> since,
                                                          LiveSubscription::Hear hear) {
    if (channel.stream.empty() && since && parts_->journal.last_seq() - *since > most_missed)
        return refused(Code::invalid, "too much has happened since then; read what you need anew", "/since");
    return std::unique_ptr<LiveSubscription>(
        new LiveSubscription(parts_, parts_->branch_here(), std::move(channel), since, std::move(hear)));
}

std::size_t Live::subscribers() const { return parts_->watched.count(); }

void Live::handle(const Recorded& recorded) {
    if (!parts_->watched.advance(recorded.seq)) return;
    if (!teller_) teller_ = parts_->make_teller();
    std::vector<LiveEvent> told;
    teller_->tell(recorded, parts_->watched, told);
    for (auto& event : told) batch_.emplace_back(std::move(event));
}

void Live::handled(Seq) {
    // What a teller remembers is of use only while somebody watches.
    if (parts_->watched.count() == 0) teller_.reset();
    if (batch_.empty()) return;
    const auto batch = std::make_shared<const std::vector<LiveMessage>>(std::exchange(batch_, {}));
    for (std::size_t i = 0; i < parts_->branches.size(); ++i)
        boost::asio::post(*parts_->branches[i].context, [parts = parts_, i, batch] {
            auto& branch = parts->branches[i];
            for (const auto& message : *batch)
                if (const auto found = branch.live.find(message.channel()); found != branch.live.end())
                    for (auto* subscription : found->second) subscription->take(message);
            branch.delivered = batch->back().seq();
        });
}

}  // namespace agon
