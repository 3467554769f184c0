#include "known_keys.hpp"
#include "session.hpp"
#include "text_array.hpp"

namespace orderd::store {

void look_up(pqxx::transaction_base& tx, const std::vector<intake_record>& rows, const asker& by,
             conflict_finder& finder)
{
    text_array keys, lines;
    for (const auto& row : rows) {
        if (row.state == order_state::rejected) continue;
        keys.add(row.request_key);
        if (!row.earlier_key.empty()) keys.add(row.earlier_key);
        if (auto line = live_key(row); !line.empty()) lines.add(line);
    }
    for (const auto& r : tx.exec_params(std::string(sql::known_orders), keys.text(), lines.text(), by.writing.value,
                                        by.source, by.inserted_by, by.inserted_as)) {
        auto& known = r[0].as<std::string>() == "key" ? finder.by_key : finder.by_line;
        known[r[1].as<std::string>()] = {{r[2].as<std::int64_t>()},
                                         r[3].as<std::string>(),
                                         r[4].as<std::string>(""),
                                         r[5].as<std::int64_t>(),
                                         r[6].as<bool>(false)};
    }
}

}
