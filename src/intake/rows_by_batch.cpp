#include "rows_by_batch.hpp"

#include <algorithm>
#include <map>
#include <utility>

namespace orderd::intake {
namespace {

/// What another row may have in common with this one. A rejected row keeps nothing from anybody, and a site may have
/// several change orders.
std::vector<std::string> claims(const store::intake_record& record)
{
    std::vector<std::string> out;
    if (record.state == order_state::rejected) return out;
    for (const auto& key : {record.request_key, record.earlier_key})
        if (!key.empty()) out.push_back("key " + key);
    bool change = record.values[column::order_type] == "2";
    if (!change && !record.natural_key.empty()) out.push_back("order " + record.natural_key);
    return out;
}

/// Which batch claims what, so far.
class claimed {
public:
    /// False: another batch than `by` has claimed something of it.
    bool claim(const store::intake_record& record, std::size_t by)
    {
        auto wanted = claims(record);
        auto of_another = [&](const std::string& what) {
            auto at = by_.find(what);
            return at != by_.end() && at->second != by;
        };
        if (std::any_of(wanted.begin(), wanted.end(), of_another)) return false;
        for (auto& what : wanted) by_.emplace(std::move(what), by);
        return true;
    }

private:
    std::map<std::string, std::size_t> by_;
};

void put(batch_rows& batch, judged_table_row row)
{
    if (!row.brought_by.empty()) batch.brought_by.insert(std::move(row.brought_by));
    batch.records.push_back(std::move(row.record));
}

}

std::vector<batch_rows> by_batch(std::vector<judged_table_row> rows, std::size_t most_batches)
{
    std::vector<batch_rows> out;
    std::map<std::pair<std::string, std::string>, std::size_t> numbers;
    claimed taken;
    for (auto& row : rows) {
        auto number = numbers.try_emplace({row.batch_name, row.inserted_as}, numbers.size()).first->second;
        if (!taken.claim(row.record, number)) break;
        if (number >= most_batches) continue; // it waits, and what it claims waits for it
        if (number == out.size()) out.push_back({row.batch_name, row.inserted_as, {}, {}});
        put(out[number], std::move(row));
    }
    return out;
}

}
