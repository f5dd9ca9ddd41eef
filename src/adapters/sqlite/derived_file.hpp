/// What followers made of the log, in a file beside it. It may be deleted while nothing runs: they work it out anew.
#pragma once

#include "adapters/sqlite/store_file.hpp"

namespace agon::sqlite {

/// Until `prepare` a file that is not there is not made: it has no rows then, and every cursor stands at 0.
class DerivedFile {
public:
    /// What there is to know of an event of the log that no other event there shares; empty where there is none.
    using EventMark = std::function<std::string(Seq)>;

    /// Throws StoreBroken.
    DerivedFile(const std::filesystem::path& directory, EventMark, Trust&);

    /// As Store::prepare. Before the first use from other threads.
    void prepare(std::span<const Table* const>);
    void save(const Derived&);
    Rows select(const RowQuery&);
    Seq cursor(const std::string& follower);

private:
    bool fits_the_log(Database&) const;

    std::filesystem::path path_;
    /// With each cursor that of its event is kept: another log may have been put beside the file.
    EventMark mark_of_;
    Trust& trust_;
    std::unique_ptr<StoreFile> file_;
};

}  // namespace agon::sqlite
