#include "orderd/intake/file_intake.hpp"
#include "orderd/reporting/result_files.hpp"
#include "orderd/reporting/summary.hpp"
#include "orderd/service/daemon.hpp"
#include "orderd/store/migrations.hpp"
#include "overview_text.hpp"
#include "progress.hpp"
#include "verbs.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <chrono>
#include <filesystem>
#include <iostream>
#include <map>
#include <thread>
#include <unistd.h>

namespace orderd::cli {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;
using namespace std::chrono_literals;

void print_reasons(const std::string& file, const intake::unreadable_file& failed)
{
    for (const auto& reason : failed.reasons) warn() << file << ": " << reason << "\n";
}

json::object to_json(const reporting::summary& told, const std::string& encoding)
{
    json::array by_rule, notes;
    for (const auto& r : told.by_rule)
        by_rule.push_back(
            {{"rule", r.rule}, {"rows", r.rows}, {"message_ja", r.message_ja}, {"message_en", r.message_en}});
    for (const auto& note : told.notes) notes.emplace_back(note);
    return {{"file", told.name},
            {"encoding", encoding},
            {"rows_accepted", told.taken},
            {"rows_rejected", told.rejected},
            {"rows_duplicate", told.duplicate},
            {"purchase_price", known_sum(told.purchase_price, told.unpriced)},
            {"monthly_price", known_sum(told.monthly_price, told.unpriced)},
            {"unpriced", told.unpriced},
            {"rejected_by_rule", by_rule},
            {"notes", notes}};
}

/// Everything that is wrong with a file, without storing it.
class file_trial {
public:
    explicit file_trial(std::string file, bool as_json) : json_(as_json) { told_.name = std::move(file); }

    int run(const surroundings& s, store::session* session)
    {
        progress_bar progress(fs::path(told_.name).filename().string());
        auto tried = intake::try_file(
            session, told_.name, service::file_settings_of(s.config), service::judge_settings_of(s.config),
            service::now(), [this](const store::intake_record& row) { note(row); },
            [&](const intake::intake_progress& p) {
                progress.show(p.bytes_read, p.bytes, std::to_string(p.rows) + " rows");
            });
        if (auto* failed = std::get_if<intake::unreadable_file>(&tried)) {
            unreadable(failed->reasons);
            return some_failed;
        }
        const auto& seen = std::get<intake::dry_run>(tried);
        told_.tried = true;
        told_.taken = seen.accepted;
        told_.rejected = seen.rejected;
        told_.duplicate = seen.duplicate;
        told_.purchase_price = seen.purchase_price;
        told_.monthly_price = seen.monthly_price;
        told_.unpriced = seen.unpriced;
        told_.notes = seen.notes;
        if (!seen.catalogue_read)
            told_.notes.emplace_back(
                "商品一覧を取得していないため、商品コードは確認していません。 / the product catalogue "
                "was never read, so products were not checked");
        for (auto& [rule, count] : by_rule_) told_.by_rule.push_back(count);
        std::stable_sort(told_.by_rule.begin(), told_.by_rule.end(),
                         [](const auto& a, const auto& b) { return a.rows > b.rows; });
        encoding_ = seen.encoding;
        return seen.rejected ? some_failed : all_well;
    }
    /// Nothing of it can be judged; why is said on standard error and in the JSON.
    void unreadable(const std::vector<std::string>& reasons)
    {
        print_reasons(told_.name, {reasons});
        unreadable_ = reasons;
    }
    json::object as_json() &&
    {
        if (!unreadable_.empty()) return {{"file", told_.name}, {"unreadable", json::value_from(unreadable_)}};
        auto out = to_json(told_, encoding_);
        out["findings"] = std::move(findings_);
        return out;
    }
    void print() const
    {
        if (!unreadable_.empty()) return;
        say() << laid_out{reporting::text(told_, "\n")};
        if (!shown_.empty()) say() << "\n" << laid_out{shown_};
        if (left_out_ > 0) say() << "  … and " << left_out_ << " more findings; --json lists them all\n";
    }

private:
    static constexpr int rows_shown = 50;

    void note(const store::intake_record& row)
    {
        std::string last;
        for (const auto& f : row.found) {
            if (row.state == order_state::rejected && f.level == severity::error) {
                auto& count = by_rule_[f.rule];
                if (count.rows == 0) count = {f.rule, 0, f.japanese, f.english};
                if (f.rule != last) ++count.rows;
                last = f.rule;
            }
            if (json_)
                findings_.push_back({{"row", row.source_row},
                                     {"severity", name(f.level)},
                                     {"field", f.field},
                                     {"rule", f.rule},
                                     {"message_ja", f.japanese},
                                     {"message_en", f.english}});
            else if (findings_shown_ < rows_shown) {
                ++findings_shown_;
                shown_ += "  row " + std::to_string(row.source_row) + " " + std::string(name(f.level)) + " " + f.rule +
                          (f.field.empty() ? "" : " (" + f.field + ")") + "\n    " + shown(f.japanese) + "\n    " +
                          shown(f.english) + "\n";
            } else
                ++left_out_;
        }
    }

    bool json_;
    reporting::summary told_;
    std::string encoding_, shown_;
    std::vector<std::string> unreadable_;
    json::array findings_;
    std::map<std::string, store::rule_count> by_rule_;
    int findings_shown_ = 0;
    long left_out_ = 0;
};

int dry_run(const surroundings& s, const std::vector<std::string>& files)
{
    // Without a database the file can still be judged; only what needs the catalogue and other orders is left out.
    std::shared_ptr<store::session> session;
    try {
        session = s.open();
        if (store::migrations(*session).applied == 0) session.reset();
    } catch (const store::unavailable&) {
    }
    int worst = all_well;
    json::array all;
    for (const auto& file : files) {
        file_trial trial(file, s.json);
        try {
            worst = std::max(worst, trial.run(s, session.get()));
        } catch (const intake::file_not_read& e) {
            trial.unreadable({e.what()});
            worst = some_failed;
        }
        if (s.json)
            all.push_back(std::move(trial).as_json());
        else
            trial.print();
    }
    if (s.json) say() << json_text(all) << "\n";
    return worst;
}

bool open_state(order_state state) { return !final(state) && state != order_state::held; }

/// Until no order of these batches can move by itself any more.
int wait_for(store::session& session, const std::vector<std::string>& batches)
{
    bool watched = ::isatty(STDOUT_FILENO);
    while (true) {
        long open = 0, done = 0, bad = 0;
        for (const auto& batch : batches)
            for (const auto& c : store::count_states(session, batch)) {
                (open_state(c.state) ? open : done) += c.count;
                if (!open_state(c.state) && c.state != order_state::completed) bad += c.count;
            }
        if (watched) {
            say() << laid_out{"\r"} << done << " of " << open + done << " ended ";
            say().flush();
        }
        if (open == 0) {
            if (watched) say() << "\n";
            return bad ? some_failed : all_well;
        }
        std::this_thread::sleep_for(1s);
    }
}

}

int import_verb(const surroundings& s, const import_arguments& a)
{
    int worst = all_well;
    for (const auto& warning : s.config.warnings) warn() << "ipoe-orderd: " << warning << "\n";
    if (a.dry_run) return dry_run(s, a.files);
    auto session = s.open();
    std::vector<std::string> batches;
    store::table lines{{"file", "batch", "rows_taken", "rows_rejected", "rows_duplicate"}, {}};
    for (const auto& file : a.files) {
        auto take_id = "import-" + std::to_string(std::chrono::system_clock::now().time_since_epoch().count()) + "-" +
                       std::to_string(::getpid());
        auto name = fs::path(file).filename().string();
        std::variant<store::batch_counts, intake::unreadable_file> taken;
        try {
            progress_bar progress(name);
            taken = intake::take_file(*session, {file, name, take_id, s.config.csv.directory, operator_name()},
                                      service::file_settings_of(s.config), service::judge_settings_of(s.config),
                                      service::now(), [&](const intake::intake_progress& p) {
                                          progress.show(p.bytes_read, p.bytes, std::to_string(p.rows) + " rows");
                                      });
        } catch (const intake::file_missing& e) {
            taken = intake::unreadable_file{{e.what()}};
        } catch (const intake::file_not_read& e) {
            taken = intake::unreadable_file{{std::string("nothing of it was taken in: ") + e.what()}};
        }
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
    if (!batches.empty() || s.json) print(lines, s.json);
    if (batches.empty()) return worst;
    if (a.wait) worst = std::max(worst, wait_for(*session, batches));
    if (fs::path directory = s.config.csv.directory; !directory.empty() && fs::is_directory(directory / "results")) {
        for (const auto& why : reporting::write_all_answers(*session, directory)) {
            warn() << "ipoe-orderd: " << why << "\n";
            worst = some_failed;
        }
        if (!s.json) say() << "answers are in " << (directory / "results").string() << "\n";
    }
    return worst;
}

}
