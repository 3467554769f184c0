#include "orderd/core/csv_line.hpp"
#include "verbs.hpp"

#include <boost/json.hpp>
#include <filesystem>
#include <fstream>
#include <set>

namespace orderd::cli {
namespace {

namespace fs = std::filesystem;

/// Columns whose values are as they came in the file.
bool of_user(const std::string& column)
{
    static const std::set<std::string> names{"request_key", "batch_name", "customer_site_name",
                                             "case_name",   "line_id",    "product_codes"};
    return names.contains(column);
}

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
