/// A follower that keeps rows of what it derives from the log (derived tables, app/store.hpp). Its cursor is saved with
/// them, so a crash neither loses nor doubles an event.
///
/// It saves on its own thread, in the store's other file: no commit waits for it. But the disk and the processor are those
/// of the requests. So it reads what there is when it is woken (once a second by the server), when five thousand events
/// wait that concern it, or as soon as somebody does: a round's burst of results is answered first and reckoned then. After
/// a save its rows stay back for a second, or until somebody waits for them: those of a crowd are saved together, and one
/// that changes twice meanwhile is written once.
#pragma once

#include "app/engine.hpp"
#include "app/follower.hpp"

namespace agon {

class SavedFollower : public Follower {
public:
    /// Comes back when everything that concerns it and was durable at the call is taken in and saved: what is read then
    /// shows every change that was acknowledged before. Any thread that runs coroutines. Throws StoreBroken where the rows
    /// could not be saved.
    Task<void> reach();

protected:
    SavedFollower(std::string_view name, Engine&, boost::asio::io_context&);

    /// Goes on after the saved cursor. Before the journal starts.
    void follow();

    /// Whether such an event may lead to other rows. Any thread.
    virtual bool concerns(const Recorded&) const = 0;
    virtual void handle_concern(const Recorded&) = 0;
    /// Runs without rows need no cursor of their own: reading them again changes nothing.
    virtual bool has_rows() const = 0;
    /// Those that are to be saved, all of them.
    virtual std::vector<RowChange> rows() const = 0;
    /// They are saved.
    virtual void rows_saved() = 0;

    void handle(const Recorded& event) final {
        if (concerns(event)) handle_concern(event);
    }
    void handled(Seq) override { save(); }
    /// Rows that stayed back, or were refused, are saved without waiting for the next event.
    void caught_up() override {
        waiting_events_ = 0;
        save();
    }
    bool is_worth_waking(const std::vector<Recorded>&) override;

    Engine& engine_;

private:
    struct Waiter {
        Seq until = 0;
        std::move_only_function<void(std::exception_ptr)> done;
    };
    void save();
    bool gives_way() const;
    void save_now(Seq);
    void wait(Waiter);
    void release(std::exception_ptr why_not);

    std::string name_;
    boost::asio::io_context& context_;
    /// Until then rows stay back, and until the next event or wake; steady time.
    Duration back_until_{};
    /// Up to here everything is taken in and saved.
    std::atomic<Seq> reached_ = 0;
    bool failing_ = false;
    std::vector<Waiter> waiting_;

    /// The last event that does, and how many were appended since it had read everything.
    std::atomic<Seq> last_concern_ = 0;
    std::atomic<std::size_t> waiting_events_ = 0;
};

}  // namespace agon
