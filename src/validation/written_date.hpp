#pragma once
#include "orderd/core/japanese_date.hpp"

#include <optional>
#include <string>
#include <string_view>

// Dates as people and spreadsheets write them.
namespace orderd::validation {

struct written_date {
    std::string normal;       // YYYYMMDD, or YYYYMM where a month will do; the text as it was when it is neither
    std::string_view differs; // the day's weekday (木) where another stands beside it, and nobody knows which is meant
};

/// 2027/3/1, 2027-03-01, 2027.3.1, 2027年3月1日, 令和9年3月1日 or R9.3.1, perhaps with its weekday ("(月)", "月曜日")
/// or the time of midnight. `text` in half width. That the day exists is not looked at.
written_date read_date(std::string_view text, bool month_allowed);

/// The day that Excel shows for its number of it, 46447 or 46447.375, from the years 2000 to 2099.
std::optional<japanese_date> excel_day(std::string_view text);

}
