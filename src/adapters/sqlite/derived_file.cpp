#include "adapters/sqlite/derived_file.hpp"

#include "adapters/sqlite/row_changes.hpp"
#include "adapters/sqlite/tables.hpp"
#include "base/log.hpp"
#include "base/result.hpp"

namespace agon::sqlite {

DerivedFile::DerivedFile(const std::filesystem::path& directory, EventMark mark_of, Trust& trust)
    : path_(path_of(directory, Holds::derived)), mark_of_(std::move(mark_of)), trust_(trust) {
    if (std::filesystem::exists(path_)) file_ = std::make_unique<StoreFile>(path_, Holds::derived, trust_);
}

void DerivedFile::prepare(std::span<const Table* const> tables) {
    if (tables.empty()) return;
    if (!file_) file_ = std::make_unique<StoreFile>(path_, Holds::derived, trust_);
    file_->transaction([&](Database& database) {
        const bool has_all = std::ranges::all_of(tables, [&](const Table* t) { return has_table(database, *t); });
        if (has_all && fits_the_log(database)) return;
        if (!mark_of_(1).empty())
            log::info("ratings and flags are worked out from the log's beginning", {{"file", path_.string()}});
        for (const auto* table : tables) make_table(database, *table);
        database.execute("DELETE FROM cursor");
    });
}

bool DerivedFile::fits_the_log(Database& database) const {
    auto query = database.query("SELECT seq, event FROM cursor WHERE seq > 0");
    while (query.step())
        if (const auto mark = mark_of_(query.integer(0)); mark.empty() || mark != query.text(1)) return false;
    return true;
}

void DerivedFile::save(const Derived& derived) {
    CHECK_THAT(file_ != nullptr);
    const auto mark = mark_of_(derived.cursor.seq);
    file_->transaction([&](Database& database) {
        RowChanges rows;
        rows.add(derived.rows);
        rows.write(database);
        database.query("INSERT OR REPLACE INTO cursor(follower, seq, event) VALUES(?, ?, ?)")
            .bind(derived.cursor.follower)
            .bind(derived.cursor.seq)
            .bind(mark)
            .run();
    });
}

Rows DerivedFile::select(const RowQuery& wanted) { return file_ ? sqlite::select(*file_->lend(), wanted) : Rows{}; }

Seq DerivedFile::cursor(const std::string& follower) { return file_ ? cursor_of(*file_->lend(), follower) : 0; }

}  // namespace agon::sqlite
