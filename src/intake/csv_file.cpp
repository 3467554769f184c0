#include "csv_file.hpp"
#include "find_header.hpp"
#include "orderd/core/text.hpp"
#include "row_encoding.hpp"

#include <algorithm>
#include <array>

namespace orderd::intake {
namespace {

constexpr std::size_t piece = 64 << 10;

bool wide(encoding coded) { return coded == encoding::utf16le || coded == encoding::utf16be; }

/// Whether it is plainly no text: many bytes of its beginning are 0, from its first line on. So begin programs, and
/// texts in UTF-16 and UTF-32 without a mark.
bool no_text(std::string_view start)
{
    start = start.substr(0, 4'096);
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

/// Why a file that begins so is none of rows, whatever follows.
std::optional<std::string> not_csv(std::string_view start, encoding coded)
{
    using namespace std::string_view_literals;
    if (start.starts_with("PK\x03\x04") || start.starts_with("\xD0\xCF\x11\xE0"))
        return "Excelのブックです。「名前を付けて保存」で「CSV UTF-8（コンマ区切り）」を選んで保存し直してください。 / "
               "this is an Excel "
               "workbook; save it as \"CSV UTF-8 (comma delimited)\" and drop that file";
    if (start.starts_with("\xFF\xFE\0\0"sv) || start.starts_with("\0\0\xFE\xFF"sv))
        return "文字コードがUTF-32です。「CSV UTF-8」で保存し直してください。 / this file is in UTF-32; save it as CSV "
               "UTF-8";
    if (!wide(coded) && no_text(start)) return holds_binary_data(start.find('\0'));
    return std::nullopt;
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

/// The beginning of the rows, in which a header stands.
csv_reader beginning(const csv_file& file, char separator)
{
    constexpr std::size_t looked_at = 4 << 20;
    auto text = std::make_shared<decoded_file>(*file.bytes, file.coded, nullptr);
    return {[text, left = looked_at](std::span<char> into) mutable {
                auto got = (*text)(into.first(std::min(into.size(), left)));
                left -= got;
                return got;
            },
            separator};
}

found_header header_in(csv_file& file, encoding coded, std::string_view start)
{
    file.coded = coded;
    std::string text;
    decoder decoding(coded);
    decoding.add(start.substr(std::min(byte_order_mark(coded).size(), start.size())), text);
    return find_header(text, [&](char separator) { return beginning(file, separator); });
}

/// By all lines, until there is no doubt any more.
encoding encoding_of_rows(file_bytes& bytes, const std::stop_token& stopping)
{
    row_encoding seen;
    std::array<char, piece> raw{};
    bytes.rewind();
    while (auto got = bytes.read(raw)) {
        if (stopping.stop_requested()) throw store::stopped();
        seen.add({raw.data(), got});
        if (seen.sure()) break;
    }
    return seen.end();
}

/// What the file begins with, or what is expected of one that begins with no mark.
std::optional<encoding> told_encoding(std::string_view start, const std::optional<encoding>& expected)
{
    for (auto e : {encoding::utf8_bom, encoding::utf16le, encoding::utf16be})
        if (start.starts_with(byte_order_mark(e))) return e;
    return expected;
}

/// Finds the header, and the encoding with it: a header that is not all ASCII is readable in one of them only. Where it
/// is, the rows decide.
found_header find_header_and_encoding(csv_file& file, std::string_view start, const std::optional<encoding>& told,
                                      const std::stop_token& stopping)
{
    if (told) return header_in(file, *told, start);
    auto in_cp932 = header_in(file, encoding::cp932, start), in_utf8 = header_in(file, encoding::utf8, start);
    auto take_cp932 = [&] {
        file.coded = encoding::cp932;
        return std::move(in_cp932);
    };
    if (in_utf8.complete != in_cp932.complete) return in_utf8.complete ? std::move(in_utf8) : take_cp932();
    if (in_utf8.japanese != in_cp932.japanese)
        return in_utf8.japanese > in_cp932.japanese ? std::move(in_utf8) : take_cp932();
    if (in_utf8.foreign > 0) return in_utf8; // hardly any other text is UTF-8 by chance
    if (in_cp932.foreign > 0) return take_cp932();
    if (!in_utf8.complete || encoding_of_rows(*file.bytes, stopping) == encoding::utf8) return in_utf8;
    return take_cp932();
}

void use(csv_file& file, found_header found)
{
    file.separator = found.separator;
    file.header = std::move(found.map);
    file.header_cells = std::move(found.cells);
    file.header_row = found.row;
    file.header_names = found.names;
}

/// Why nothing can be read with the header that was found.
std::vector<std::string> what_is_wrong(csv_file& file, std::string_view start, bool complete)
{
    auto otherwise = complete ? std::nullopt : written_otherwise(start, file.coded);
    if (otherwise) return {*otherwise};
    // A column that is missing may stand there under another name.
    auto reasons = std::move(file.header.errors);
    if (auto nul = start.find('\0'); nul != start.npos && !wide(file.coded) && file.header_names == 0)
        reasons.push_back(holds_binary_data(nul));
    reasons.insert(reasons.end(), file.header.notes.begin(), file.header.notes.end());
    return reasons;
}

constexpr const char* euc_jp =
    "文字コードがEUC-JPのようです。「CSV UTF-8（コンマ区切り）」で保存し直してください。 / this file "
    "seems to be in EUC-JP; save it as CSV UTF-8";
constexpr const char* no_rows = "見出し行の下に行がありません。 / there are no rows below the header";

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
    std::string start(piece, '\0');
    start.resize(out.bytes->read(start));

    auto told = told_encoding(start, expected);
    if (auto why = not_csv(start, told.value_or(encoding::utf8))) return unreadable_file{{*why}};
    auto found = find_header_and_encoding(out, start, told, stopping);
    if (found.names < 0) return unreadable_file{{"ファイルが空です。 / the file is empty"}};
    bool last = found.last, complete = found.complete;
    use(out, std::move(found));
    if (!out.header.errors.empty()) return unreadable_file{what_is_wrong(out, start, complete)};
    if (!told && out.coded == encoding::cp932 && looks_like_euc_jp(start)) return unreadable_file{{euc_jp}};
    if (last) {
        if (auto why = other_line_end(out.header_cells)) return unreadable_file{{*why}};
        out.header.notes.emplace_back(no_rows);
    }
    if (out.header_row > 1)
        out.header.notes.push_back("見出し行は" + std::to_string(out.header_row) +
                                   "行目です。その上の行は使われません。 / the header is in line " +
                                   std::to_string(out.header_row) + "; what stands above it is not used");
    out.kept = own_cells(out.header_cells);
    return out;
}

}
