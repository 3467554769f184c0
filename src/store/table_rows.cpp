#include "table_rows.hpp"
#include "orderd/store/left_out_rows.hpp"
#include "text_array.hpp"

#include <set>

namespace orderd::store {
namespace {

class settling {
public:
    settling(pqxx::transaction_base& tx, batch_id batch) : tx_(tx), batch_(batch) {}

    void settle(std::span<const std::int64_t> ids)
    {
        std::string why;
        tx_.exec("savepoint settling");
        try {
            note_unchanged(ids, changed(ids));
            tx_.exec("release savepoint settling");
            return;
        } catch (const pqxx::sql_error& e) {
            if (!about_rows(e)) throw;
            why = session::first_line(e.what());
        }
        tx_.exec("rollback to savepoint settling; release savepoint settling");
        if (ids.size() == 1) {
            refused_.push_back({ids.front(), why});
            return;
        }
        settle(ids.first(ids.size() / 2));
        settle(ids.subspan(ids.size() / 2));
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
            if (!changed.contains(id)) refused_.push_back({id, std::string(kept_as_it_was)});
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
