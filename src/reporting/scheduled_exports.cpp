#include "orderd/reporting/scheduled_exports.hpp"
#include "orderd/store/orders.hpp"

#include <filesystem>

namespace orderd::reporting {
namespace {

using namespace std::chrono_literals;

constexpr int most_days = 31; // a daemon that was away for longer writes the last ones only
constexpr auto beat = 30s;

japanese_date plus(japanese_date day, int days) { return std::chrono::sys_days(day) + std::chrono::days(days); }

}

std::vector<scheduled_file> files_of_day(const std::vector<std::string>& what, japanese_date day,
                                         const std::string& ending)
{
    std::vector<scheduled_file> files;
    auto iso = to_iso_day(day);
    for (const auto& name : what) {
        store::export_choice choice;
        choice.what = name;
        auto mark = iso;
        if (name == "charges") {
            choice.since = choice.until = iso.substr(0, 7) + "-01";
            mark = iso.substr(0, 7);
        } else if (name == "sites" || name == "contracts" || name == "differences")
            mark.clear();
        else
            choice.since = choice.until = iso;
        files.push_back({choice, name + (mark.empty() ? "" : "-" + mark) + "." + ending});
    }
    return files;
}

std::vector<japanese_date> days_due(utc_time now, std::chrono::minutes at, const std::string& through)
{
    auto today = tokyo_day(now);
    auto last = plus(today, now >= tokyo_time(today, at) ? -1 : -2);
    auto first = last;
    if (auto done = parse_iso_day(through)) first = plus(*done, 1);
    if (days_between(first, last) >= most_days) first = plus(last, 1 - most_days);
    std::vector<japanese_date> days;
    for (auto day = first; days_between(day, last) >= 0; day = plus(day, 1)) days.push_back(day);
    return days;
}

scheduled_exports::scheduled_exports(timekeeper& time, store::database& db, std::function<instance_id()> self,
                                     std::function<utc_time()> clock, export_schedule schedule, logger& log)
    : database_(db),
      self_(std::move(self)),
      clock_(std::move(clock)),
      schedule_(std::move(schedule)),
      log_(log),
      trouble_(log, "scheduled exports"),
      tick_(time)
{
}

void scheduled_exports::stop()
{
    stopping_ = true;
    tick_.notify();
}

asio::awaitable<std::string> scheduled_exports::write_due()
{
    auto self = self_();
    if (self.value == 0) co_return std::string();
    auto through_of = [self](store::session& s) -> std::optional<std::string> {
        if (!store::take_duty(s, "exports", self, 5min)) return std::nullopt;
        return store::exported_through(s);
    };
    auto through = co_await database_.run(through_of);
    if (!through) co_return std::string();
    for (auto day : days_due(clock_(), schedule_.at, *through)) {
        if (stopping_) co_return std::string();
        auto schedule = schedule_;
        auto write = [schedule, day](store::session& s) {
            std::filesystem::path directory(schedule.directory);
            auto files = files_of_day(schedule.what, day, std::string(extension(schedule.format)));
            for (const auto& file : files)
                write_export(s, file.choice, schedule.format, schedule.coded, (directory / file.name).string());
            store::set_exported_through(s, to_iso_day(day));
            return static_cast<int>(files.size());
        };
        int files = co_await database_.run(write);
        log_.info("exports written", {{"day", to_iso_day(day)}, {"files", files}, {"directory", schedule.directory}});
    }
    co_return std::string();
}

asio::awaitable<void> scheduled_exports::run()
{
    std::function<asio::awaitable<std::string>()> work = [this] { return write_due(); };
    while (!stopping_) {
        if (!schedule_.directory.empty()) co_await store::attempt(trouble_, work);
        co_await tick_.wait_for(self_().value == 0 ? timekeeper::duration(200ms) : timekeeper::duration(beat));
    }
}

}
