#include "orderd/intake/csv.hpp"
#include "orderd/core/text.hpp"

#include <algorithm>
#include <csv.h>
#include <stdexcept>

namespace orderd::intake {
namespace {

/// libcsv, one file.
class parser {
public:
    explicit parser(char separator) : separator_(separator) { start(); }
    ~parser() { csv_free(&csv_); }
    parser(const parser&) = delete;
    parser& operator=(const parser&) = delete;

    /// Takes one physical line with its line break. False: quotation marks are wrong.
    bool take(std::string_view line)
    {
        return csv_parse(&csv_, line.data(), line.size(), on_cell, on_row, this) == line.size();
    }
    /// After the last line. False: a quotation mark is open.
    bool end() { return csv_fini(&csv_, on_cell, on_row, this) == 0; }
    void restart()
    {
        csv_free(&csv_);
        cells.clear();
        complete = false;
        start();
    }

    std::vector<std::string> cells;
    bool complete = false;

private:
    void start()
    {
        if (csv_init(&csv_, CSV_STRICT | CSV_STRICT_FINI) != 0) throw std::runtime_error("libcsv cannot start");
        csv_set_delim(&csv_, static_cast<unsigned char>(separator_));
        // Space belongs to the value; what surrounds it is taken off later, by the rules for its column.
        csv_set_space_func(&csv_, [](unsigned char) { return 0; });
    }
    static void on_cell(void* text, std::size_t size, void* self)
    {
        static_cast<parser*>(self)->cells.emplace_back(static_cast<const char*>(text), size);
    }
    static void on_row(int, void* self) { static_cast<parser*>(self)->complete = true; }

    char separator_;
    csv_parser csv_{};
};

/// The physical line at `from`, its line break included.
std::string_view line_at(std::string_view bytes, std::size_t from)
{
    auto end = bytes.find_first_of("\r\n", from);
    if (end == bytes.npos) return bytes.substr(from);
    if (bytes[end] == '\r' && end + 1 < bytes.size() && bytes[end + 1] == '\n') ++end;
    return bytes.substr(from, end + 1 - from);
}

std::string_view without_break(std::string_view line)
{
    while (!line.empty() && (line.back() == '\n' || line.back() == '\r')) line.remove_suffix(1);
    return line;
}

bool blank(const std::vector<std::string>& cells)
{
    return std::all_of(cells.begin(), cells.end(), [](const std::string& c) { return trimmed(c).empty(); });
}

}

char detect_separator(std::string_view bytes)
{
    auto line = without_break(line_at(bytes, 0));
    char best = ',';
    std::ptrdiff_t most = 0;
    for (char candidate : {',', '\t', ';'}) {
        auto n = std::count(line.begin(), line.end(), candidate);
        if (n > most) {
            most = n;
            best = candidate;
        }
    }
    return best;
}

void read_csv(std::string_view bytes, char separator, const std::function<bool(csv_row&&)>& each)
{
    parser csv(separator);
    std::int64_t number = 0;
    std::size_t row_start = 0, at = 0;
    bool row_open = false;
    auto broken_row = [&] { // give back the line where the row began, go on with the one after it
        auto line = line_at(bytes, row_start);
        csv_row row{++number, split(without_break(line), separator), true};
        at = row_start + line.size();
        row_open = false;
        csv.restart();
        return each(std::move(row));
    };
    while (true) {
        if (at >= bytes.size()) {
            if (!row_open) return;
            if (!csv.end()) {
                if (!broken_row()) return;
                continue;
            }
            csv_row row{++number, std::move(csv.cells), false};
            if (!blank(row.cells)) each(std::move(row));
            return;
        }
        auto line = line_at(bytes, at);
        if (!row_open) {
            row_start = at;
            row_open = true;
            csv.cells.clear();
            csv.complete = false;
        }
        at += line.size();
        if (!csv.take(line)) {
            if (!broken_row()) return;
            continue;
        }
        bool blank_line =
            !csv.complete && csv.cells.empty() && without_break(line).empty() && row_start + line.size() == at;
        if (csv.complete || blank_line) {
            row_open = false;
            csv_row row{++number, std::move(csv.cells), false};
            csv.cells = {};
            if (!blank(row.cells) && !each(std::move(row))) return;
        }
    }
}

}
