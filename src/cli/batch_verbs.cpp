#include "orderd/core/csv_line.hpp"
#include "orderd/intake/file_intake.hpp"
#include "orderd/reporting/result_files.hpp"
#include "orderd/service/daemon.hpp"
#include "orderd/store/migrations.hpp"
#include "verbs.hpp"

#include <boost/json.hpp>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <thread>
#include <unistd.h>

namespace orderd::cli {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

void print_reasons(const std::string& file, const intake::unreadable_file& failed)
{
    for (const auto& reason : failed.reasons) std::cerr << file << ": " << reason << "\n";
}

/// Everything that is wrong with a file, without storing it.
int dry_run(const surroundings& s, const std::string& file, store::session* session)
{
    auto tried = intake::try_file(session, file, service::file_settings_of(s.config),
                                  service::judge_settings_of(s.config), service::now());
    if (auto* failed = std::get_if<intake::unreadable_file>(&tried)) {
        print_reasons(file, *failed);
        return some_failed;
    }
    const auto& seen = std::get<intake::dry_run>(tried);
    store::table findings{{"file", "row", "severity", "field", "rule", "message_ja", "message_en"}, {}};
    int rejected = 0;
    for (const auto& row : seen.rows) {
        rejected += row.state == order_state::rejected;
        for (const auto& f : row.found)
            findings.rows.push_back(
                {file, std::to_string(row.row), std::string(name(f.level)), f.field, f.rule, f.japanese, f.english});
    }
    if (s.json) {
        print(findings, true);
        return rejected ? some_failed : all_well;
    }
    std::cout << file << ": " << seen.rows.size() << " rows (" << seen.encoding << "), " << rejected
              << " would be rejected\n";
    for (const auto& note : seen.notes) std::cout << "  note: " << note << "\n";
    if (!seen.catalogue_read)
        std::cout << "  note: the product catalogue was never read, so products were not checked\n";
    for (const auto& row : findings.rows)
        std::cout << "  row " << *row[1] << " " << *row[2] << " " << *row[4]
                  << (row[3]->empty() ? "" : " (" + *row[3] + ")") << "\n    " << *row[5] << "\n    " << *row[6]
                  << "\n";
    return rejected ? some_failed : all_well;
}

bool open_state(order_state state) { return !final(state) && state != order_state::held; }

/// Until no order of these batches can move by itself any more.
int wait_for(store::session& session, const std::vector<std::string>& batches)
{
    bool terminal = ::isatty(STDOUT_FILENO);
    while (true) {
        long open = 0, done = 0, bad = 0;
        for (const auto& batch : batches)
            for (const auto& c : store::count_states(session, batch)) {
                (open_state(c.state) ? open : done) += c.count;
                if (!open_state(c.state) && c.state != order_state::completed) bad += c.count;
            }
        if (terminal) std::cout << "\r" << done << " of " << open + done << " ended " << std::flush;
        if (open == 0) {
            if (terminal) std::cout << "\n";
            return bad ? some_failed : all_well;
        }
        std::this_thread::sleep_for(1s);
    }
}

store::table state_table(const std::vector<store::state_count>& counts)
{
    store::table t{{"state", "orders"}, {}};
    for (const auto& c : counts) t.rows.push_back({std::string(name(c.state)), std::to_string(c.count)});
    return t;
}

}

int import_verb(const surroundings& s, const import_arguments& a)
{
    int worst = all_well;
    if (a.dry_run) {
        // Without a database the file can still be judged; only what needs the catalogue is left out.
        std::shared_ptr<store::session> session;
        try {
            session = s.open();
            if (store::migrations(*session).applied == 0) session.reset();
        } catch (const store::unavailable&) {
        }
        for (const auto& file : a.files) worst = std::max(worst, dry_run(s, file, session.get()));
        return worst;
    }
    auto session = s.open();
    std::vector<std::string> batches;
    store::table lines{{"file", "batch", "rows_taken", "rows_rejected", "rows_duplicate"}, {}};
    for (const auto& file : a.files) {
        auto take_id = "import-" + std::to_string(std::chrono::system_clock::now().time_since_epoch().count()) + "-" +
                       std::to_string(::getpid());
        auto taken = intake::take_file(
            *session, {file, fs::path(file).filename().string(), take_id, s.config.csv.directory},
            service::file_settings_of(s.config), service::judge_settings_of(s.config), service::now());
        if (auto* failed = std::get_if<intake::unreadable_file>(&taken)) {
            print_reasons(file, *failed);
            worst = some_failed;
            continue;
        }
        const auto& counts = std::get<store::batch_counts>(taken);
        batches.push_back(counts.name);
        if (counts.rejected) worst = some_failed;
        lines.rows.push_back({file, counts.name, std::to_string(counts.taken), std::to_string(counts.rejected),
                              std::to_string(counts.duplicate)});
    }
    print(lines, s.json);
    if (a.wait) worst = std::max(worst, wait_for(*session, batches));
    if (fs::path directory = s.config.csv.directory; !directory.empty() && fs::is_directory(directory / "results")) {
        reporting::write_all_answers(*session, directory);
        if (!s.json) std::cout << "answers are in " << (directory / "results").string() << "\n";
    }
    return worst;
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
                for (const auto& cell : row) cells.push_back(cell.value_or(""));
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
