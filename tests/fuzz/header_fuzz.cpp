#include "expect.hpp"
#include "orderd/core/text.hpp"
#include "orderd/intake/header.hpp"

#include <algorithm>
#include <cstdint>

// A header line: one cell a line of the input.
using namespace orderd;
using orderd::fuzz::expect;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    std::string_view text(reinterpret_cast<const char*>(data), size);
    if (size > 4'096 || !valid_utf8(text)) return 0;
    auto cells = split(text, '\n');
    auto header = intake::read_header(cells);
    expect(header.columns.size() == cells.size(), "every cell is a column or none");
    for (std::size_t i = 0; i < cells.size(); ++i) {
        if (header.columns[i]) expect(!header_key(cells[i]).empty(), "a column has a name");
        nearest_header(cells[i]);
        display_width(cells[i]);
    }
    for (const auto& note : header.notes) expect(valid_utf8(note), "a note is text");
    for (const auto& error : header.errors) expect(valid_utf8(error), "an error is text");
    return 0;
}
