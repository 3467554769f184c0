#include "table_rows.hpp"
#include "orderd/store/left_out_rows.hpp"
#include "text_array.hpp"

#include <algorithm>
#include <optional>
#include <set>

namespace orderd::store {
namespace {

/// Longer than a lock is waited for, which is not about a row.
constexpr std::chrono::seconds for_searching(8);

class settling {
public:
    settling(pqxx::transaction_base& tx, batch_id batch) : tx_(tx), batch_(batch) {}

    void settle(std::span<const std::int64_t> ids)
    {
        std::optional<statement_failed> failed;
        tx_.exec("savepoint settling");
        try {
            note_unchanged(ids, changed(ids));
            tx_.exec("release savepoint settling");
            return;
        } catch (const pqxx::sql_error& e) {
            if (!about_rows(e)) throw;
            failed = failure_of(e);
        }
        tx_.exec("rollback to savepoint settling; release savepoint settling");
        if (failed->held_up()) statements_take_at_most(tx_, for_searching);
        if (ids.size() == 1) {
            refused_.push_back({ids.front(), *failed});
            return;
        }
        for (auto piece = fewer(ids.size(), failed->held_up()); !ids.empty(); ids = ids.subspan(piece)) {
            piece = std::min(piece, ids.size());
            settle(ids.first(piece));
        }
    }
    std::vector<refused_table_row> refused() { return std::move(refused_); }

private:
    std::set<std::int64_t> changed(std::span<const std::int64_t> ids)
    {
        text_array all;
        for (auto id : ids) all.add(static_cast<long long>(id));
        std::set<std::int64_t> out;
        for (const auto& r : tx_.exec_params(std::string(sql::take_table_rows), all.text(), batch_.value))
            if (r[1].as<bool>()) out.insert(r[0].as<std::int64_t>());
        return out;
    }
    void note_unchanged(std::span<const std::int64_t> ids, const std::set<std::int64_t>& changed)
    {
        for (auto id : ids)
            if (!changed.contains(id))
                refused_.push_back({id, statement_failed(std::string(kept_as_it_was), raised_by_a_trigger)});
    }

    pqxx::transaction_base& tx_;
    batch_id batch_;
    std::vector<refused_table_row> refused_;
};

}

std::vector<refused_table_row> settle_table_rows(pqxx::transaction_base& tx, batch_id batch,
                                                 std::span<const std::int64_t> ids)
{
    if (ids.empty()) return {};
    settling all(tx, batch);
    all.settle(ids);
    return all.refused();
}

}
