#include "written_date.hpp"
#include "checks.hpp"
#include "orderd/core/text.hpp"

#include <array>
#include <cstdio>
#include <vector>

namespace orderd::validation {
namespace {

constexpr std::array<std::string_view, 7> weekdays{"日", "月", "火", "水", "木", "金", "土"};

void take_off_spaces(std::string_view& text)
{
    while (text.ends_with(' ')) text.remove_suffix(1);
}

/// The number of the weekday that is meant by 木, 木曜日 or 木・祝.
std::optional<std::size_t> weekday_of(std::string_view word)
{
    for (std::size_t day = 0; day < weekdays.size(); ++day) {
        if (!word.starts_with(weekdays[day])) continue;
        auto more = word.substr(weekdays[day].size());
        for (std::string_view known : {"", "曜", "曜日", "祝", "・祝"})
            if (more == known) return day;
    }
    return std::nullopt;
}

/// Takes "(木)" or "木曜日" off the end. Gives the number of the weekday, none when there was none.
std::optional<std::size_t> take_weekday(std::string_view& text)
{
    constexpr std::string_view mark = "曜";
    bool bracket = text.ends_with(')');
    auto at = bracket ? text.rfind('(') : text.rfind(mark);
    if (at == text.npos || (!bracket && at < mark.size())) return std::nullopt;
    if (!bracket) at -= mark.size(); // a weekday has as many bytes
    auto day = weekday_of(bracket ? text.substr(at + 1, text.size() - at - 2) : text.substr(at));
    if (!day) return std::nullopt;
    text = text.substr(0, at);
    take_off_spaces(text);
    return day;
}

/// Takes the midnight off that Excel writes behind a day.
void take_midnight(std::string_view& text)
{
    auto gap = text.find_last_of(" T");
    if (gap == text.npos) return;
    auto time = text.substr(gap + 1);
    if (time == "0:00" || time == "00:00" || time == "0:00:00" || time == "00:00:00") text = text.substr(0, gap);
    take_off_spaces(text);
}

/// The years to add to those of the era whose name is taken off the front: 令和元年 is 2019.
int take_era(std::string& text)
{
    for (std::string_view era : {"令和", "R", "r"}) {
        if (!text.starts_with(era)) continue;
        text.erase(0, era.size());
        trim(text);
        if (std::string_view first = "元"; text.starts_with(first)) text.replace(0, first.size(), "1");
        return 2018;
    }
    return 0;
}

/// The numbers of a date: year, month and perhaps day.
std::vector<int> date_parts(std::string_view text)
{
    std::string plain(text);
    int era = take_era(plain);
    for (std::string_view mark : {"年", "月"})
        if (auto at = plain.find(mark); at != plain.npos) plain.replace(at, mark.size(), "/");
    if (auto at = plain.find("日"); at != plain.npos) plain.erase(at, std::string_view("日").size());
    if (!plain.empty() && plain.back() == '/') plain.pop_back();
    for (char& c : plain)
        if (c == '-' || c == '.') c = '/';
    std::vector<int> parts;
    for (const auto& written : split(plain, '/')) {
        auto piece = trimmed(written); // 2027年 3月 1日
        if (!only_digits(piece, 1, 4)) return {};
        parts.push_back(std::stoi(piece));
    }
    if (era == 0) return parts[0] < 1000 ? std::vector<int>{} : parts;
    if (parts[0] < 1 || parts[0] > 99) return {};
    parts[0] += era;
    return parts;
}

}

written_date read_date(std::string_view text, bool month_allowed)
{
    auto rest = text;
    take_midnight(rest);
    auto weekday = take_weekday(rest);
    auto parts = date_parts(rest);
    char out[32];
    written_date read;
    if (parts.size() == 3) {
        std::snprintf(out, sizeof out, "%04d%02d%02d", parts[0], parts[1], parts[2]);
        read.normal = out;
    } else if (parts.size() == 2 && month_allowed && !weekday) {
        std::snprintf(out, sizeof out, "%04d%02d", parts[0], parts[1]);
        read.normal = out;
    } else
        read.normal = parse_yyyymmdd(rest) ? rest : text; // what is no date stays as it is: the date rules name it
    if (auto day = parse_yyyymmdd(read.normal); day && weekday)
        if (auto is = std::chrono::weekday{*day}.c_encoding(); is != *weekday) return {std::string(text), weekdays[is]};
    return read;
}

std::optional<japanese_date> excel_day(std::string_view text)
{
    auto whole = text.substr(0, text.find('.')), fraction = text.substr(whole.size());
    if (!fraction.empty()) fraction.remove_prefix(1);
    if (!only_digits(whole, 5, 5) || !only_digits(fraction, 0, fraction.size())) return std::nullopt;
    using namespace std::chrono;
    japanese_date day{sys_days{year{1899} / December / 30} + days{std::stoi(std::string(whole))}};
    if (day.year() < year{2000} || day.year() > year{2099}) return std::nullopt;
    return day;
}

}
