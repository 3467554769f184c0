#pragma once
#include "orderd/core/text_list.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>

// Reading CSV (RFC 4180, with the habits of Excel), in a memory that does not grow with the file.
namespace orderd::intake {

/// The separator of a file, by its first line: ',' or ';' or a tab, whichever it has most of.
char detect_separator(std::string_view text);

struct csv_row {
    enum class trouble {
        none,
        quotes,  // quotation marks do not match; `cells` is the line cut at the separators
        too_long // `cells` is the beginning of the line, cut at the separators
    };
    std::int64_t number = 0; // as a spreadsheet counts: the first is 1, blank lines count
    text_list cells;
    trouble is = trouble::none;
    bool unfinished = false; // the text ends with it, and without a line break
};

class csv_reader {
public:
    /// Writes the next bytes of the text and gives how many; 0 at its end.
    using source = std::function<std::size_t(std::span<char>)>;
    static constexpr std::size_t usual_longest_row = 1 << 20;

    csv_reader(source, char separator, std::size_t longest_row = usual_longest_row);
    ~csv_reader();

    /// The next row that is not blank; false at the end. After a row with unmatched quotation marks, reading goes on
    /// with the line after the one where it began.
    bool next(csv_row&);

private:
    class parser;
    struct line {
        std::size_t from = 0, size = 0; // its line break included
        bool cut = false;               // longer than a row may be, and not all of it is here
    };
    bool fill();
    bool next_line(line&);
    void skip_line();
    std::string_view text(const line&) const;
    void give_back(csv_row&, const line& first, csv_row::trouble);

    source source_;
    char separator_;
    std::size_t longest_row_;
    std::unique_ptr<parser> parser_;
    std::string buffer_;      // from the beginning of the row to what has been read
    std::size_t row_ = 0;     // where the row begins in it
    std::size_t at_ = 0;      // what has been taken as lines
    std::size_t scanned_ = 0; // no line feed lies between at_ and here
    std::int64_t number_ = 0;
    bool all_read_ = false;
};

/// A source that reads `text`, which outlives it.
csv_reader::source source_of(std::string_view text);

}
