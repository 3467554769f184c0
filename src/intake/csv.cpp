#include "orderd/intake/csv.hpp"
#include "orderd/core/text.hpp"

#include <algorithm>
#include <cstring>
#include <csv.h>
#include <stdexcept>

namespace orderd::intake {
namespace {

constexpr std::size_t piece = 64 << 10;      // bytes read at a time
constexpr std::size_t shown_of_line = 4'096; // of a line that is too long

std::string_view without_break(std::string_view line)
{
    while (!line.empty() && (line.back() == '\n' || line.back() == '\r')) line.remove_suffix(1);
    return line;
}

bool blank(const text_list& cells)
{
    for (std::size_t i = 0; i < cells.size(); ++i)
        if (!trimmed(cells[i]).empty()) return false;
    return true;
}

}

/// libcsv, one row after the other.
class csv_reader::parser {
public:
    explicit parser(char separator) : separator_(separator) { start(); }
    ~parser() { csv_free(&csv_); }
    parser(const parser&) = delete;
    parser& operator=(const parser&) = delete;

    void begin_row(text_list& cells)
    {
        cells_ = &cells;
        complete_ = false;
    }
    /// Takes one physical line with its line break. False: quotation marks are wrong.
    bool take(std::string_view line)
    {
        return csv_parse(&csv_, line.data(), line.size(), on_cell, on_row, this) == line.size();
    }
    /// After the last line. False: a quotation mark is open.
    bool end() { return csv_fini(&csv_, on_cell, on_row, this) == 0; }
    bool complete() const { return complete_; }
    void restart()
    {
        csv_free(&csv_);
        start();
    }

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
        static_cast<parser*>(self)->cells_->add({static_cast<const char*>(text), size});
    }
    static void on_row(int, void* self) { static_cast<parser*>(self)->complete_ = true; }

    char separator_;
    text_list* cells_ = nullptr;
    bool complete_ = false;
    csv_parser csv_{};
};

char detect_separator(std::string_view text)
{
    auto line = text.substr(0, text.find_first_of("\r\n"));
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

csv_reader::csv_reader(source from, char separator, std::size_t longest_row)
    : source_(std::move(from)),
      separator_(separator),
      longest_row_(longest_row),
      parser_(std::make_unique<parser>(separator))
{
}

csv_reader::~csv_reader() = default;

/// Reads one more piece; what lies before the row is forgotten. False at the end of the text.
bool csv_reader::fill()
{
    if (all_read_) return false;
    if (row_ > 0 && row_ >= buffer_.size() / 2) {
        buffer_.erase(0, row_);
        at_ -= row_;
        scanned_ -= std::min(scanned_, row_);
        row_ = 0;
    }
    auto had = buffer_.size();
    buffer_.resize(had + piece);
    auto got = source_({buffer_.data() + had, piece});
    buffer_.resize(had + got);
    all_read_ = got == 0;
    return !all_read_;
}

std::string_view csv_reader::text(const line& l) const { return std::string_view(buffer_).substr(l.from, l.size); }

/// The physical line at `at_`, which moves behind it. False at the end of the text.
bool csv_reader::next_line(line& out)
{
    while (true) {
        // Line feeds are looked for once, carriage returns only before the nearest one.
        auto from = std::max(at_, scanned_);
        const auto* feed = static_cast<const char*>(std::memchr(buffer_.data() + from, '\n', buffer_.size() - from));
        auto until = feed ? static_cast<std::size_t>(feed - buffer_.data()) : buffer_.size();
        scanned_ = until;
        const auto* returned = static_cast<const char*>(std::memchr(buffer_.data() + at_, '\r', until - at_));
        auto end = returned ? static_cast<std::size_t>(returned - buffer_.data()) + 1 : until + 1;
        if (returned && end == until && feed) ++end;
        bool undecided = returned ? end == buffer_.size() && buffer_[end - 1] == '\r' : !feed;
        if (undecided && end - at_ <= longest_row_ && fill()) continue;
        if (at_ >= buffer_.size()) return false;
        end = std::min(end, buffer_.size());
        out = {at_, end - at_, !returned && !feed && !all_read_};
        at_ = end;
        return true;
    }
}

/// Forgets the rest of a line that is too long.
void csv_reader::skip_line()
{
    line rest;
    do {
        row_ = at_;
        if (!next_line(rest)) return;
    } while (rest.cut);
}

void csv_reader::give_back(csv_row& row, const line& first, csv_row::trouble why)
{
    auto cut = without_break(text(first)).substr(0, why == csv_row::trouble::too_long ? shown_of_line : first.size);
    row.cells.clear();
    for (const auto& cell : split(cut, separator_)) row.cells.add(cell);
    row.is = why;
    parser_->restart();
    at_ = first.from + first.size;
    scanned_ = at_;
    if (first.cut) skip_line();
}

bool csv_reader::next(csv_row& row)
{
    while (true) {
        row.cells.clear();
        row.is = csv_row::trouble::none;
        parser_->begin_row(row.cells);
        row_ = at_;
        std::size_t first_size = 0; // the row's first line
        line read;
        while (true) {
            auto open = at_ > row_;
            if (!next_line(read)) {
                if (!open) return false;
                if (!parser_->end()) give_back(row, {row_, first_size, false}, csv_row::trouble::quotes);
                break;
            }
            if (!open) first_size = read.size;
            if (read.cut || at_ - row_ > longest_row_) {
                give_back(row, {row_, first_size, read.cut && !open},
                          open ? csv_row::trouble::quotes : csv_row::trouble::too_long);
                break;
            }
            if (!parser_->take(text(read))) {
                give_back(row, {row_, first_size, false}, csv_row::trouble::quotes);
                break;
            }
            bool blank_line = !open && without_break(text(read)).empty();
            if (parser_->complete() || blank_line) break;
        }
        row.number = ++number_;
        row.unfinished = all_read_ && at_ == buffer_.size() && !buffer_.ends_with('\n') && !buffer_.ends_with('\r');
        if (!blank(row.cells)) return true;
    }
}

csv_reader::source source_of(std::string_view text)
{
    return [text](std::span<char> into) mutable {
        auto n = std::min(text.size(), into.size());
        std::memcpy(into.data(), text.data(), n);
        text.remove_prefix(n);
        return n;
    };
}

}
