#include "site_check.hpp"
#include "conflicts.hpp"
#include "sql_text.hpp"
#include "text_array.hpp"

#include <algorithm>
#include <map>

namespace orderd::store {
namespace {

bool concerned(const intake_record& row)
{
    const auto& type = row.values[column::order_type];
    return row.state != order_state::rejected && (type == "2" || type == "3");
}

}

bool asks_for_sites(const std::vector<intake_record>& rows) { return std::any_of(rows.begin(), rows.end(), concerned); }

int check_sites(pqxx::transaction_base& tx, std::vector<intake_record>& rows, const explain_conflict& explain)
{
    auto site_of = [](const intake_record& row) -> const std::string& {
        return row.values[column::customer_site_code];
    };
    text_array codes;
    for (const auto& row : rows)
        if (concerned(row)) codes.add(site_of(row));
    if (codes.empty()) return 0;

    struct known_site {
        bool ended;
        std::string as_of;
    };
    std::map<std::string, known_site> known;
    std::string all_read_at;
    for (const auto& r : tx.exec_params(std::string(sql::known_sites), codes.text())) {
        if (r[0].is_null())
            all_read_at = r[2].as<std::string>();
        else
            known[r[0].as<std::string>()] = {r[1].as<bool>(), r[2].as<std::string>()};
    }
    int not_checked = 0;
    for (auto& row : rows) {
        if (!concerned(row)) continue;
        auto site = known.find(site_of(row));
        conflict c{conflict::what::site_ended, row.request_key, row.natural_key, {}, "", 0, site_of(row), ""};
        if (site == known.end()) {
            if (all_read_at.empty()) {
                ++not_checked;
                continue;
            }
            c.kind = conflict::what::site_unknown;
            c.as_of = all_read_at;
        } else if (site->second.ended)
            c.as_of = site->second.as_of;
        else
            continue;
        if (auto found = explain(c)) add_finding(row, std::move(*found));
    }
    return not_checked;
}

}
