#include "csv_file.hpp"
#include "orderd/core/text.hpp"

#include <algorithm>
#include <array>

namespace orderd::intake {
namespace {

constexpr std::size_t piece = 64 << 10;

/// What the first reading finds out.
struct first_look {
    encoding_detector coded;
    std::string start;

    void add(std::string_view bytes)
    {
        constexpr std::size_t kept = 4'096;
        coded.add(bytes);
        if (start.size() < kept) start.append(bytes.substr(0, kept - start.size()));
    }
};

bool wide(encoding coded) { return coded == encoding::utf16le || coded == encoding::utf16be; }

/// Whether it is plainly no text: many bytes of its beginning are 0, from its first line on. So begin programs, and
/// texts in UTF-16 and UTF-32 without a mark.
bool no_text(std::string_view start)
{
    constexpr std::ptrdiff_t fewest = 4, one_of = 8;
    auto nuls = std::count(start.begin(), start.end(), '\0');
    bool from_first_line = start.find('\0') < start.find('\n');
    return from_first_line && nuls >= fewest && nuls * one_of > static_cast<std::ptrdiff_t>(start.size());
}

std::string holds_binary_data(std::size_t first_nul)
{
    auto byte = std::to_string(first_nul + 1);
    return "CSVファイルではありません（" + byte +
           "バイト目からバイナリデータを含みます）。テキストの場合は「CSV UTF-8」で保存し直してください。 / this is "
           "not a "
           "CSV file: it holds binary data (from byte " +
           byte + " on); if it is a text, save it as CSV UTF-8";
}

std::optional<std::string> not_csv(const first_look& seen, encoding coded)
{
    using namespace std::string_view_literals;
    if (seen.start.starts_with("PK\x03\x04") || seen.start.starts_with("\xD0\xCF\x11\xE0"))
        return "Excelのブックです。「名前を付けて保存」で「CSV UTF-8（コンマ区切り）」を選んで保存し直してください。 / "
               "this is an Excel "
               "workbook; save it as \"CSV UTF-8 (comma delimited)\" and drop that file";
    if (seen.start.starts_with("\xFF\xFE\0\0"sv) || seen.start.starts_with("\0\0\xFE\xFF"sv))
        return "文字コードがUTF-32です。「CSV UTF-8」で保存し直してください。 / this file is in UTF-32; save it as CSV "
               "UTF-8";
    if (!wide(coded) && no_text(seen.start)) return holds_binary_data(seen.start.find('\0'));
    return std::nullopt;
}

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

/// The header: the first of the first lines that names the order type and another column, with whichever separator; a
/// title may stand above it. When there is none, the line with most names of columns, for the message. False: the file
/// is empty.
bool find_header(csv_file& file)
{
    constexpr int first_lines = 10;
    constexpr std::size_t most_told = 20;
    std::ptrdiff_t most = -1;
    std::array<char, piece> beginning{};
    file.bytes->rewind();
    std::string text;
    {
        decoder decoding(file.coded);
        auto got = file.bytes->read(beginning);
        auto mark = byte_order_mark(file.coded).size();
        decoding.add(std::string_view(beginning.data(), got).substr(std::min(mark, got)), text);
    }
    for (char separator : {detect_separator(text), ',', '\t', ';'}) {
        auto rows = file.read(separator);
        csv_row row;
        for (int looked_at = 0; looked_at < first_lines && rows.next(row); ++looked_at) {
            std::vector<std::string> cells;
            std::vector<std::size_t> with_nul;
            for (std::size_t i = 0; i < row.cells.size(); ++i) {
                auto cell = row.cells[i];
                bool nul = cell.find('\0') != cell.npos;
                if (nul && with_nul.size() < most_told) with_nul.push_back(i);
                bool good = cell.size() <= 200 && valid_utf8(cell) && !nul;
                cells.push_back(good ? std::string(cell) : printable(cell, 200));
            }
            auto header = read_header(cells);
            auto known =
                std::count_if(header.columns.begin(), header.columns.end(), [](auto& c) { return c.has_value(); });
            bool found = known > 1 && std::find(header.columns.begin(), header.columns.end(), column::order_type) !=
                                          header.columns.end();
            if (found || known > most) {
                most = known;
                file.header_names = known;
                file.separator = separator;
                auto told = nul_notes(with_nul, cells);
                header.notes.insert(header.notes.begin(), told.begin(), told.end());
                file.header = std::move(header);
                file.header_cells = std::move(cells);
                file.header_row = row.number;
            }
            if (found) return true;
        }
    }
    return most >= 0;
}

std::vector<std::size_t> own_cells(const std::vector<std::string>& header)
{
    std::vector<std::size_t> kept;
    for (std::size_t i = 0; i < header.size(); ++i)
        if (!is_answer_column(trimmed(header[i]))) kept.push_back(i);
    return kept;
}

/// The bytes of a file, decoded piece by piece.
class decoded_file {
public:
    decoded_file(file_bytes& bytes, encoding coded, content_hasher* hash)
        : bytes_(bytes), hash_(hash), decoding_(coded), skip_(byte_order_mark(coded).size())
    {
        bytes_.rewind();
    }
    std::size_t operator()(std::span<char> into)
    {
        while (given_ == text_.size() && !ended_) {
            text_.clear();
            given_ = 0;
            std::array<char, piece> raw;
            auto got = bytes_.read(raw);
            if (hash_) hash_->add({raw.data(), got});
            auto skipped = std::min(skip_, got);
            skip_ -= skipped;
            if (got > 0)
                decoding_.add(std::string_view(raw.data(), got).substr(skipped), text_);
            else {
                decoding_.end(text_);
                ended_ = true;
            }
        }
        auto n = std::min(into.size(), text_.size() - given_);
        text_.copy(into.data(), n, given_);
        given_ += n;
        return n;
    }

private:
    file_bytes& bytes_;
    content_hasher* hash_;
    decoder decoding_;
    std::size_t skip_;
    std::string text_;
    std::size_t given_ = 0;
    bool ended_ = false;
};

}

csv_reader csv_file::read(char with_separator, content_hasher* hash) const
{
    auto text = std::make_shared<decoded_file>(*bytes, coded, hash);
    return {[text](std::span<char> into) { return (*text)(into); }, with_separator};
}

std::variant<csv_file, unreadable_file> open_csv(const std::string& path, const std::optional<encoding>& expected,
                                                 const std::stop_token& stopping)
{
    auto opened = file_bytes::open(path);
    if (auto* failed = std::get_if<unreadable_file>(&opened)) return *failed;
    csv_file out;
    out.bytes = std::move(std::get<std::unique_ptr<file_bytes>>(opened));
    first_look seen;
    std::array<char, piece> raw{};
    while (auto got = out.bytes->read(raw)) {
        if (stopping.stop_requested()) throw store::stopped();
        seen.add({raw.data(), got});
    }
    out.coded = seen.coded.end();
    if (expected && byte_order_mark(out.coded).empty()) out.coded = *expected;

    if (auto why = not_csv(seen, out.coded)) return unreadable_file{{*why}};
    if (!find_header(out)) return unreadable_file{{"ファイルが空です。 / the file is empty"}};
    if (!out.header.errors.empty()) {
        // A column that is missing may stand there under another name.
        auto reasons = std::move(out.header.errors);
        if (auto nul = seen.start.find('\0'); nul != seen.start.npos && !wide(out.coded) && out.header_names == 0)
            reasons.push_back(holds_binary_data(nul));
        reasons.insert(reasons.end(), out.header.notes.begin(), out.header.notes.end());
        return unreadable_file{std::move(reasons)};
    }
    if (out.header_row > 1)
        out.header.notes.push_back("見出し行は" + std::to_string(out.header_row) +
                                   "行目です。その上の行は使われません。 / the header is in line " +
                                   std::to_string(out.header_row) + "; what stands above it is not used");
    out.kept = own_cells(out.header_cells);
    return out;
}

}
