#include "orderd/intake/file_intake.hpp"
#include "orderd/core/text.hpp"
#include "orderd/intake/content_hash.hpp"
#include "orderd/intake/csv.hpp"
#include "orderd/intake/header.hpp"
#include "orderd/store/products.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <sys/stat.h>
#include <unistd.h>

namespace orderd::intake {
namespace {

/// The whole of a regular file; symbolic links are not followed.
std::variant<std::string, unreadable_file> read_file(const std::string& path, std::uint64_t largest)
{
    struct file {
        int fd;
        ~file()
        {
            if (fd >= 0) ::close(fd);
        }
    } opened{::open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK)};
    struct stat about {};
    if (opened.fd < 0 || ::fstat(opened.fd, &about) != 0) {
        std::string why = std::strerror(errno);
        return unreadable_file{{"ファイルを開けません。読み取り権限を確認してください。 / the file cannot be opened: " +
                                why + "; check its owner and permissions"}};
    }
    if (!S_ISREG(about.st_mode))
        return unreadable_file{{"通常のファイルではありません。 / this is not a regular file"}};
    if (static_cast<std::uint64_t>(about.st_size) > largest)
        return unreadable_file{{"ファイルが大きすぎます（上限" + std::to_string(largest >> 20) +
                                " MB）。分割してください。 / the file is larger than " + std::to_string(largest >> 20) +
                                " MB; split it"}};
    std::string bytes(static_cast<std::size_t>(about.st_size), '\0');
    std::size_t got = 0;
    while (got < bytes.size()) {
        auto n = ::read(opened.fd, bytes.data() + got, bytes.size() - got);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) break;
        got += static_cast<std::size_t>(n);
    }
    bytes.resize(got);
    return bytes;
}

/// A file cut into a header and rows.
struct opened_file {
    std::string bytes, recoded; // as it came; a file in UTF-16 also in UTF-8
    encoding coded = encoding::utf8;
    char separator = ',';
    header_map header;
    std::vector<std::string> header_cells;
    std::int64_t header_row = 0;

    /// In UTF-8 or CP932, without the BOM. Derived: a short text moves when the file is moved.
    std::string_view rows() const
    {
        bool wide = coded == encoding::utf16le || coded == encoding::utf16be;
        return wide ? std::string_view(recoded) : std::string_view(bytes).substr(byte_order_mark(coded).size());
    }
};

std::optional<std::string> not_csv(std::string_view bytes)
{
    if (bytes.starts_with("PK\x03\x04") || bytes.starts_with("\xD0\xCF\x11\xE0"))
        return "Excelのブックです。「名前を付けて保存」で「CSV UTF-8（コンマ区切り）」を選んで保存し直してください。 / "
               "this is an Excel "
               "workbook; save it as \"CSV UTF-8 (comma delimited)\" and drop that file";
    if (bytes.find('\0') != bytes.npos)
        return "CSVファイルではありません（バイナリデータを含みます）。 / this is not a CSV file: it holds binary data";
    return std::nullopt;
}

/// The header: the first of the first lines that names the order type and another column, with whichever separator; a
/// title may stand above it. When there is none, the line with most names of columns, for the message. False: the file
/// is empty.
bool find_header(opened_file& file)
{
    constexpr int first_lines = 10;
    std::ptrdiff_t most = -1;
    for (char separator : {detect_separator(file.rows()), ',', '\t', ';'}) {
        int looked_at = 0;
        bool found = false;
        read_csv(file.rows(), separator, [&](csv_row&& row) {
            std::vector<std::string> cells;
            for (const auto& cell : row.cells) {
                auto text = to_utf8(cell, file.coded);
                cells.push_back(text ? *text : printable(cell, 200));
            }
            auto header = read_header(cells);
            auto known =
                std::count_if(header.columns.begin(), header.columns.end(), [](auto& c) { return c.has_value(); });
            found = known > 1 &&
                    std::find(header.columns.begin(), header.columns.end(), column::order_type) != header.columns.end();
            if (found || known > most) {
                most = known;
                file.separator = separator;
                file.header = std::move(header);
                file.header_cells = std::move(cells);
                file.header_row = row.number;
            }
            return !found && ++looked_at < first_lines;
        });
        if (found) return true;
    }
    return most >= 0;
}

std::variant<opened_file, unreadable_file> open_file(const std::string& path, const file_settings& settings)
{
    auto read = read_file(path, settings.largest_bytes);
    if (auto* failed = std::get_if<unreadable_file>(&read)) return *failed;
    opened_file out;
    out.bytes = std::move(std::get<std::string>(read));
    out.coded = detect(out.bytes);
    auto mark = byte_order_mark(out.coded);
    if (settings.expected && mark.empty()) out.coded = *settings.expected;
    if (out.coded == encoding::utf16le || out.coded == encoding::utf16be)
        out.recoded = utf16_to_bytes(std::string_view(out.bytes).substr(mark.size()), out.coded);
    if (auto why = not_csv(out.rows())) return unreadable_file{{*why}};
    if (!find_header(out)) return unreadable_file{{"ファイルが空です。 / the file is empty"}};
    if (!out.header.errors.empty()) return unreadable_file{out.header.errors};
    if (out.header_row > 1)
        out.header.notes.push_back("見出し行は" + std::to_string(out.header_row) +
                                   "行目です。その上の行は使われません。 / the header is in line " +
                                   std::to_string(out.header_row) + "; what stands above it is not used");
    return out;
}

/// The header, extended by nothing: cells that came back from a file of rejected rows are left out.
std::vector<std::size_t> own_cells(const opened_file& file)
{
    std::vector<std::size_t> kept;
    for (std::size_t i = 0; i < file.header_cells.size(); ++i)
        if (std::find(std::begin(answer_columns), std::end(answer_columns), trimmed(file.header_cells[i])) ==
            std::end(answer_columns))
            kept.push_back(i);
    return kept;
}

store::intake_record judge_row(const opened_file& file, const std::vector<std::size_t>& kept, const judge& by,
                               csv_row&& row, const validation::severities& changed)
{
    row_values values;
    validation::reporter report(changed);
    auto width = file.header.columns.size();
    // Trailing separators make trailing empty cells; they are not too many cells.
    while (row.cells.size() > width && trimmed(row.cells.back()).empty()) row.cells.pop_back();
    bool ragged = row.cells.size() != width;
    std::vector<std::string> decoded(std::max(width, row.cells.size()));
    for (std::size_t i = 0; i < row.cells.size(); ++i) {
        auto text = to_utf8(row.cells[i], file.coded);
        if (!text) report.add_row("row_unreadable", {std::string(name(file.coded)), std::to_string(i + 1)});
        decoded[i] = text ? *text : printable(row.cells[i], 4096);
        if (i < width && file.header.columns[i] && text) values[*file.header.columns[i]] = *text;
    }
    if (row.broken)
        report.add_row("row_quotes");
    else if (ragged)
        report.add_row("row_cell_count", {std::to_string(row.cells.size()), std::to_string(width)});
    std::vector<std::string> cells;
    for (auto i : kept) cells.push_back(i < decoded.size() ? decoded[i] : "");
    auto extra = row.cells.size() > width ? row.cells.size() - width : 0;
    for (std::size_t i = 0; i < extra; ++i) cells.push_back(decoded[width + i]); // nothing that came is lost

    auto broken = report.take();
    if (broken.empty()) return by(row.number, std::move(values), std::move(cells));
    auto record = by(row.number, std::move(values), std::move(cells));
    // Cells that slid aside say nothing about the values.
    record.found = std::move(broken);
    record.state = order_state::rejected;
    record.request.reset();
    record.body.clear();
    return record;
}

std::string stem_of(const std::string& file_name)
{
    auto stem = std::filesystem::path(file_name).stem().string();
    return printable(valid_utf8(stem) ? stem : to_utf8(stem, encoding::cp932).value_or(stem), 200);
}

}

std::variant<store::batch_counts, unreadable_file> take_file(store::session& s, const file_to_take& file,
                                                             const file_settings& settings,
                                                             const judge_settings& judging, utc_time now)
{
    if (auto before = store::find_taken(s, file.take_id)) return *before;
    auto opened = open_file(file.path, settings);
    if (auto* failed = std::get_if<unreadable_file>(&opened)) return *failed;
    auto& csv = std::get<opened_file>(opened);

    auto products = store::read_catalogue(s);
    auto key = store::content_key(s);
    judge by(judging, products, key, now);
    auto kept = own_cells(csv);
    store::batch_description about;
    about.name = stem_of(file.file_name);
    about.source = "csv";
    about.take_id = file.take_id;
    about.file_name = printable(file.file_name, 255);
    about.directory = file.directory;
    about.content_hash = content_hash(key, csv.bytes);
    about.encoding = name(csv.coded);
    about.separator = std::string(1, csv.separator);
    about.japanese = csv.header.japanese;
    about.notes = csv.header.notes;
    for (auto i : kept) about.header.push_back(csv.header_cells[i]);

    store::batch_writer writer(s, std::move(about));
    read_csv(csv.rows(), csv.separator, [&](csv_row&& row) {
        if (row.number > csv.header_row) writer.add(judge_row(csv, kept, by, std::move(row), judging.severities));
        return true;
    });
    writer.settle(settle(by, writer.conflicts()));
    return writer.finish();
}

std::variant<dry_run, unreadable_file> try_file(store::session* s, const std::string& path,
                                                const file_settings& settings, const judge_settings& judging,
                                                utc_time now)
{
    auto opened = open_file(path, settings);
    if (auto* failed = std::get_if<unreadable_file>(&opened)) return *failed;
    auto& csv = std::get<opened_file>(opened);
    auto products = s ? store::read_catalogue(*s) : std::nullopt;
    judge by(judging, products, "dry run", now);
    auto kept = own_cells(csv);
    dry_run out;
    out.encoding = name(csv.coded);
    out.notes = csv.header.notes;
    out.catalogue_read = products.has_value();
    read_csv(csv.rows(), csv.separator, [&](csv_row&& row) {
        if (row.number <= csv.header_row) return true;
        auto record = judge_row(csv, kept, by, std::move(row), judging.severities);
        out.rows.push_back({record.source_row, record.state, record.request_key, std::move(record.found)});
        return true;
    });
    return out;
}

}
