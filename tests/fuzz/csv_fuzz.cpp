#include "expect.hpp"
#include "orderd/core/csv_line.hpp"
#include "orderd/core/encoding.hpp"
#include "orderd/core/text.hpp"
#include "orderd/intake/csv.hpp"
#include "orderd/intake/header.hpp"
#include "orderd/validation/validate.hpp"

#include <algorithm>
#include <cstdint>

// A file: its encoding is found out, it is decoded and cut into rows in pieces of any size, its header is looked for
// and its rows are judged. The first byte chooses the size of the pieces and the separator.
using namespace orderd;
using namespace orderd::intake;
using orderd::fuzz::expect;

namespace {

struct read_row {
    std::int64_t number;
    csv_row::trouble is;
    std::vector<std::string> cells;
    bool operator==(const read_row&) const = default;
};

std::string decoded(std::string_view bytes, encoding coded, std::size_t piece)
{
    std::string out;
    decoder decoding(coded);
    bytes.remove_prefix(std::min(bytes.size(), byte_order_mark(coded).size()));
    for (std::size_t i = 0; i < bytes.size(); i += piece) decoding.add(bytes.substr(i, piece), out);
    decoding.end(out);
    return out;
}

std::vector<read_row> rows_of(std::string_view text, char separator, std::size_t longest, std::size_t piece)
{
    std::vector<read_row> out;
    auto whole = source_of(text);
    csv_reader reader([&](std::span<char> into) { return whole(into.first(std::min(piece, into.size()))); }, separator,
                      longest);
    csv_row row;
    while (reader.next(row)) {
        read_row seen{row.number, row.is, {}};
        for (std::size_t i = 0; i < row.cells.size(); ++i) seen.cells.emplace_back(row.cells[i]);
        out.push_back(std::move(seen));
    }
    return out;
}

void judge(const std::vector<read_row>& rows)
{
    if (rows.empty()) return;
    auto header = read_header(rows[0].cells);
    validation::context with;
    with.today = *parse_yyyymmdd("20261124");
    with.customer_code = "A1";
    for (const auto& row : rows) {
        row_values values;
        for (std::size_t i = 0; i < std::min(row.cells.size(), header.columns.size()); ++i)
            if (header.columns[i] && valid_utf8(row.cells[i])) values[*header.columns[i]] = row.cells[i];
        auto verdict = validation::validate(std::move(values), with);
        expect(verdict.valid() == !any_error(verdict.found), "a row is valid when nothing is wrong with it");
        for (const auto& f : verdict.found)
            expect(valid_utf8(f.japanese) && valid_utf8(f.english), "a message is text");
    }
}

}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    if (size == 0) return 0;
    std::size_t piece = 1 + data[0] % 16;
    char separator = ",\t;"[data[0] / 16 % 3];
    std::size_t longest = data[0] >= 192 ? 24 : csv_reader::usual_longest_row;
    std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);

    auto coded = detect(bytes);
    encoding_detector looking;
    for (std::size_t i = 0; i < bytes.size(); i += piece) looking.add(bytes.substr(i, piece));
    expect(looking.end() == coded, "an encoding does not depend on the pieces");
    auto text = decoded(bytes, coded, bytes.size() + 1);
    expect(decoded(bytes, coded, piece) == text, "a text does not depend on the pieces");

    detect_separator(text);
    auto rows = rows_of(text, separator, longest, 1 << 16);
    if (longest == csv_reader::usual_longest_row)
        expect(rows_of(text, separator, longest, piece) == rows, "rows do not depend on the pieces");
    for (const auto& row : rows) {
        if (row.is != csv_row::trouble::none || longest != csv_reader::usual_longest_row) continue;
        auto again = rows_of(csv_line(row.cells, separator), separator, longest, piece);
        expect(again.size() == 1 && again[0].cells == row.cells, "a line that was written is read as it was");
    }
    judge(rows);
    return 0;
}
