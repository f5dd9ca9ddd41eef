/// A follower that keeps rows of what it derives from the log. Its cursor is saved with them, so a crash neither loses nor
/// doubles an event; one save at a time, so that a cursor never reaches the disk before the rows of an earlier one.
///
/// While a crowd shares each commit the rows stay back, until somebody waits for them or a second is over: with them a
/// commit takes several times as long, and a row that changes twice is written once.
#pragma once

#include "app/engine.hpp"
#include "app/follower.hpp"

namespace agon {

class SavedFollower : public Follower {
public:
    /// Comes back when everything that was durable at the call is taken in and on disk: what is read then shows every
    /// change that was acknowledged before. Any thread that runs coroutines. Throws StoreBroken where the rows could not
    /// be saved.
    Task<void> reach();

protected:
    SavedFollower(std::string_view name, Engine&, boost::asio::io_context&);

    /// Goes on after the saved cursor. Before the journal starts.
    void follow();

    /// Runs without rows need no cursor of their own: reading them again changes nothing.
    virtual bool has_rows() const = 0;
    /// Those that are to be saved now.
    virtual std::vector<RowChange> take_rows() = 0;
    /// The rows that were taken last are on disk.
    virtual void rows_saved() {}
    /// They are not: the next rows hold these too.
    virtual void rows_not_saved() = 0;

    void handled(Seq) override;
    /// Rows that stayed back, or were refused, are saved without waiting for the next event.
    void caught_up() override { save(); }

    Engine& engine_;

private:
    struct Waiter {
        Seq until = 0;
        std::move_only_function<void(std::exception_ptr)> done;
    };
    void save();
    bool gives_way();
    void saved(const CommitOutcome&);
    void wait(Waiter);
    void release(std::exception_ptr why_not);

    std::string name_;
    boost::asio::io_context& context_;
    bool saving_ = false;
    /// Since when rows stay back.
    std::optional<Duration> back_since_;
    Seq seq_ = 0, saving_until_ = 0;
    /// Up to here everything is taken in and on disk.
    std::atomic<Seq> reached_ = 0;
    std::vector<Waiter> waiting_;
};

/// Makes such a follower, which must not be running, begin anew: before the first event, and without its rows.
template <class... Row>
Batch restart_of(Store& store, std::string_view name) {
    Batch restart{.cursor = Cursor{std::string(name), 0}};
    (rows::clear<Row>(store, restart), ...);
    return restart;
}

}  // namespace agon
