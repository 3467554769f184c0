#pragma once
#include "orderd/async/wakeup.hpp"
#include "orderd/core/ids.hpp"
#include "orderd/core/log.hpp"
#include "orderd/core/timekeeper.hpp"
#include "orderd/reporting/table_file.hpp"
#include "orderd/store/database_notice.hpp"

#include <chrono>
#include <functional>
#include <string>
#include <vector>

// Exports that are written every night, for those who fetch files.
namespace orderd::reporting {

namespace asio = boost::asio;

struct export_schedule {
    std::string directory;           // "": none are written
    std::vector<std::string> what;   // names of store::exportable
    std::chrono::minutes at{6 * 60}; // of the Japanese day
    table_format format = table_format::csv;
    encoding coded = encoding::utf8_bom;
};

/// One file to write: results-2027-03-01.csv.
struct scheduled_file {
    store::export_choice choice;
    std::string name;
    bool operator==(const scheduled_file&) const = default;
};
/// The files of one Japanese day: what ended, was accepted or rejected on it (NAME-DAY), the charges of its month
/// (charges-MONTH), and everything that stands (sites, contracts, differences).
std::vector<scheduled_file> files_of_day(const std::vector<std::string>& what, japanese_date day,
                                         const std::string& ending);
/// The days whose files are due at `now`, oldest first: those after `through` ("YYYY-MM-DD", "" for never) up to
/// yesterday once it is `at` o'clock; at most 31.
std::vector<japanese_date> days_due(utc_time now, std::chrono::minutes at, const std::string& through);

/// Writes them. One instance does it for all that have a directory.
class scheduled_exports {
public:
    scheduled_exports(timekeeper&, store::database&, std::function<instance_id()> self, std::function<utc_time()> clock,
                      export_schedule, logger&);
    asio::awaitable<void> run();
    void configure(export_schedule schedule)
    {
        schedule_ = std::move(schedule);
        tick_.notify();
    }
    void stop();

private:
    asio::awaitable<std::string> write_due(); // "": it went well
    store::database& database_;
    std::function<instance_id()> self_;
    std::function<utc_time()> clock_;
    export_schedule schedule_;
    logger& log_;
    store::database_notice trouble_;
    async::wakeup tick_;
    bool stopping_ = false;
};

}
