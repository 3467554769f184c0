#include "find_header.hpp"
#include "orderd/core/text.hpp"

#include <algorithm>

namespace orderd::intake {
namespace {

constexpr int first_lines = 10;
constexpr std::size_t shown_of_cell = 200;

/// About the cells of a header that hold U+0000, which no name of a column has.
std::vector<std::string> nul_notes(const std::vector<std::size_t>& columns, const std::vector<std::string>& cells)
{
    std::vector<std::string> notes;
    for (auto i : columns)
        notes.push_back("見出しの" + std::to_string(i + 1) + "列目「" + cells[i] +
                        "」に文字U+0000（?で表示）が含まれています。取り除いてください。 / the header of column " +
                        std::to_string(i + 1) + " (\"" + cells[i] +
                        "\") holds the character U+0000, shown as ?; take it out");
    return notes;
}

found_header read_line(const csv_row& row, char separator)
{
    constexpr std::size_t most_told = 20;
    found_header out;
    out.row = row.number;
    out.separator = separator;
    std::vector<std::size_t> with_nul;
    for (std::size_t i = 0; i < row.cells.size(); ++i) {
        auto cell = row.cells[i];
        bool nul = cell.find('\0') != cell.npos;
        if (nul && with_nul.size() < most_told) with_nul.push_back(i);
        bool good = cell.size() <= shown_of_cell && valid_utf8(cell) && !nul;
        if (good && !ascii(cell)) ++out.foreign;
        out.cells.push_back(good ? std::string(cell) : printable(cell, shown_of_cell));
    }
    out.map = read_header(out.cells);
    const auto& columns = out.map.columns;
    out.names = 0;
    for (std::size_t i = 0; i < columns.size(); ++i) {
        if (!columns[i]) continue;
        ++out.names;
        if (!ascii(out.cells[i])) ++out.japanese;
    }
    out.complete = out.names > 1 && std::find(columns.begin(), columns.end(), column::order_type) != columns.end();
    auto told = nul_notes(with_nul, out.cells);
    out.map.notes.insert(out.map.notes.begin(), told.begin(), told.end());
    return out;
}

bool shows_header(const std::string& text)
{
    return find_header(text, [&](char separator) { return csv_reader(source_of(text), separator); }).complete;
}

constexpr const char* save_as = "「CSV UTF-8（コンマ区切り）」で保存し直してください。";

/// By their names in ICU, and for people.
constexpr std::pair<const char*, const char*> other_encodings[] = {
    {"EUC-JP", "EUC-JP"},   {"ISO-2022-JP", "ISO-2022-JP (JIS)"},
    {"UTF-16LE", "UTF-16"}, {"UTF-16BE", "UTF-16"},
    {"GB18030", "GB18030"}, {"Big5", "Big5"},
    {"EUC-KR", "EUC-KR"}};

constexpr std::string_view other_separators[] = {"|", "｜", "，", "、", "；", "¦",    ":", "：",
                                                 "^", "~",  "#",  "!",  "&",  "\x1F", " ", "　"};

std::string replaced(std::string_view text, std::string_view what, std::string_view by)
{
    std::string out;
    for (auto at = text.find(what); at != text.npos; at = text.find(what)) {
        out.append(text.substr(0, at)).append(by);
        text.remove_prefix(at + what.size());
    }
    return out.append(text);
}

/// Another separator with which `text` shows a header.
std::optional<std::string> other_separator(const std::string& text)
{
    for (auto separator : other_separators)
        if (text.find(separator) != text.npos && shows_header(replaced(text, separator, "\t")))
            return std::string(separator);
    return std::nullopt;
}

std::string in_words(const std::string& separator)
{
    if (separator == " ") return "a space";
    if (separator == "\x1F") return "the character U+001F";
    return "\"" + separator + "\"";
}

}

found_header find_header(std::string_view start, const std::function<csv_reader(char)>& open)
{
    found_header most;
    for (char separator : {detect_separator(start), ',', '\t', ';'}) {
        auto rows = open(separator);
        csv_row row;
        for (int looked_at = 0; looked_at < first_lines && rows.next(row); ++looked_at) {
            auto seen = read_line(row, separator);
            if (seen.complete) {
                seen.last = !rows.next(row);
                return seen;
            }
            if (seen.names > most.names) most = std::move(seen);
        }
    }
    return most;
}

std::optional<std::string> written_otherwise(std::string_view bytes, encoding coded)
{
    for (auto [charset, called] : other_encodings) {
        auto text = to_utf8(bytes, charset);
        if (text && shows_header(*text))
            return std::string("文字コードが") + called + "です。" + save_as + " / this file is in " + called +
                   "; save it as CSV UTF-8";
    }
    decoder decoding(coded);
    std::string text;
    decoding.add(bytes, text);
    if (auto separator = other_separator(text))
        return "セルの区切りが" + in_words(*separator) +
               "です。コンマ、タブ、セミコロンのいずれかで区切って保存し直してください。 / the cells are separated "
               "by " +
               in_words(*separator) + "; save the file with commas, tabs or semicolons between them";
    return std::nullopt;
}

std::optional<std::string> other_line_end(const std::vector<std::string>& header)
{
    constexpr std::pair<std::string_view, const char*> ends[] = {{"\xC2\x85", "U+0085 (NEL)"},
                                                                 {"\xE2\x80\xA8", "U+2028"},
                                                                 {"\xE2\x80\xA9", "U+2029"},
                                                                 {"\v", "U+000B"},
                                                                 {"\f", "U+000C"},
                                                                 {"\x1E", "U+001E"}};
    for (auto [end, called] : ends)
        for (const auto& cell : header)
            if (cell.find(end) != cell.npos)
                return std::string("行末が") + called + "です。改行をCRLFまたはLFにして保存し直してください。 / the " +
                       "lines of this file end with " + called + "; save it with CRLF or LF at the end of each line";
    return std::nullopt;
}

}
