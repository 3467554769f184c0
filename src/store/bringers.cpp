#include "bringers.hpp"
#include "orderd/core/text.hpp"
#include "session.hpp"
#include "text_array.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <set>

namespace orderd::store {
namespace {

constexpr std::size_t most_named = 50;
constexpr std::size_t longest_name = 200; // characters that intake keeps of a name

/// Of a name that intake cut, too.
std::string key_of(std::string_view name)
{
    auto from = std::min(name.find_first_not_of(' '), name.size());
    auto at = from;
    for (std::size_t characters = 0; at < name.size(); ++at)
        if ((name[at] & 0xC0) != 0x80 && characters++ == longest_name) break;
    return header_key(name.substr(from, at - from));
}

}

bringers read_bringers(pqxx::transaction_base& tx, batch_id batch)
{
    auto row =
        one_row(tx.exec_params("select to_json(brought_by)::text, brought_by_more from orderd.batch where id = $1",
                               batch.value),
                "orderd.batch");
    bringers out;
    auto names = boost::json::parse(row[0].as<std::string>());
    for (const auto& name : names.as_array()) out.named.emplace_back(name.as_string());
    out.more = row[1].as<int>();
    return out;
}

void keep_bringers(pqxx::transaction_base& tx, batch_id batch, const std::vector<std::string>& names)
{
    if (names.empty()) return;
    auto kept = read_bringers(tx, batch).named;
    std::set<std::string> known;
    for (const auto& name : kept) known.insert(key_of(name));
    std::vector<std::string> more;
    for (const auto& name : names) {
        auto [key, first] = known.insert(key_of(name));
        if (!first) continue;
        if (kept.size() < most_named)
            kept.push_back(name);
        else
            more.push_back(*key);
    }
    std::sort(kept.begin(), kept.end());
    tx.exec_params("update orderd.batch set brought_by = $2::text[] where id = $1 and brought_by <> $2::text[]",
                   batch.value, to_array(kept));
    if (more.empty()) return;
    tx.exec_params("with added as (insert into orderd.batch_bringer (batch_id, person) select $1, md5(k)::uuid from "
                   "unnest($2::text[]) k on conflict do nothing returning 1) "
                   "update orderd.batch set brought_by_more = brought_by_more + (select count(*) from added) "
                   "where id = $1",
                   batch.value, to_array(more));
}

bool is_bringer(pqxx::transaction_base& tx, batch_id batch, const bringers& all, const std::string& person)
{
    auto key = key_of(person);
    if (std::any_of(all.named.begin(), all.named.end(), [&](const auto& name) { return key_of(name) == key; }))
        return true;
    return !tx.exec_params("select from orderd.batch_bringer where batch_id = $1 and person = md5($2::text)::uuid",
                           batch.value, key)
                .empty();
}

}
