#include "orderd/core/csv_line.hpp"
#include "verbs.hpp"

#include <boost/json.hpp>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <set>
#include <thread>
#include <unistd.h>

namespace orderd::cli {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

store::table state_table(const std::vector<store::state_count>& counts)
{
    store::table t{{"state", "orders"}, {}};
    for (const auto& c : counts) t.rows.push_back({std::string(name(c.state)), std::to_string(c.count)});
    return t;
}

/// Columns whose values are as they came in the file.
bool of_user(const std::string& column)
{
    static const std::set<std::string> names{"request_key", "batch_name", "customer_site_name",
                                             "case_name",   "line_id",    "product_codes"};
    return names.contains(column);
}

}

int status_verb(const surroundings& s, const status_arguments& a)
{
    auto session = s.open();
    auto batch = a.batch.empty() ? std::nullopt : std::optional(a.batch);
    if (batch && !store::batch_exists(*session, *batch)) {
        std::cerr << "ipoe-orderd: there is no batch \"" << *batch << "\"; `status` lists them\n";
        return usage;
    }
    while (true) {
        auto counts = store::count_states(*session, batch);
        auto batches = store::batch_list(*session, batch, 30);
        if (a.watch && ::isatty(STDOUT_FILENO)) std::cout << "\033[2J\033[H";
        if (s.json) {
            boost::json::object states;
            for (const auto& c : counts) states[name(c.state)] = c.count;
            std::cout << boost::json::serialize(boost::json::object{
                             {"states", states}, {"oldest_ready_seconds", store::oldest_ready_seconds(*session)}})
                      << "\n";
        } else {
            print(state_table(counts), false);
            std::cout << "\n";
            print(batches, false);
        }
        if (!a.watch) break;
        std::cout << std::flush;
        std::this_thread::sleep_for(2s);
    }
    return all_well;
}

int export_verb(const surroundings& s, const export_arguments& a)
{
    auto session = s.open();
    if (!store::batch_exists(*session, a.batch)) {
        std::cerr << "ipoe-orderd: there is no batch \"" << a.batch << "\"; `status` lists them\n";
        return usage;
    }
    auto temporary = a.output + ".tmp";
    std::ofstream file;
    if (!a.output.empty()) file.open(temporary, std::ios::binary);
    if (!a.output.empty() && !file) {
        std::cerr << "ipoe-orderd: " << temporary << " cannot be written\n";
        return usage;
    }
    std::ostream& out = a.output.empty() ? std::cout : file;
    std::vector<std::string> columns;
    store::export_batch(
        *session, a.batch,
        [&](const store::table& t) {
            columns = t.columns;
            if (!s.json) out << "\xEF\xBB\xBF" << csv_line(columns, ',');
        },
        [&](const auto& row) {
            if (!s.json) {
                std::vector<std::string> cells;
                for (std::size_t i = 0; i < row.size(); ++i)
                    cells.push_back(of_user(columns[i]) ? row[i].value_or("") : harmless_cell(row[i].value_or("")));
                out << csv_line(cells, ',');
                return;
            }
            boost::json::object o;
            for (std::size_t i = 0; i < columns.size(); ++i)
                o[columns[i]] = row[i] ? boost::json::value(*row[i]) : boost::json::value(nullptr);
            out << boost::json::serialize(o) << "\n";
        });
    out.flush();
    if (!out) {
        std::cerr << "ipoe-orderd: the export could not be written in full; is the disk full?\n";
        return defect;
    }
    if (!a.output.empty()) fs::rename(temporary, a.output);
    return all_well;
}

}
