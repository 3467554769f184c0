#pragma once
#include "file_bytes.hpp"
#include "orderd/core/encoding.hpp"
#include "orderd/intake/content_hash.hpp"
#include "orderd/intake/csv.hpp"
#include "orderd/intake/header.hpp"

#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace orderd::intake {

/// A file that can be read as rows: how it is written and what its header says.
struct csv_file {
    std::unique_ptr<file_bytes> bytes;
    encoding coded = encoding::utf8;
    char separator = ',';
    header_map header;
    std::vector<std::string> header_cells;
    std::int64_t header_row = 0;
    std::ptrdiff_t header_names = 0; // cells of it that name a column
    std::vector<std::size_t> kept;   // the cells that go into answer files: those that did not come from one

    /// Its rows from the first on, in UTF-8; bytes that its encoding does not have are not UTF-8. One reader at a time.
    /// `hash` gets the bytes of the file as they are read.
    csv_reader read(char with_separator, content_hasher* hash = nullptr) const;
};

/// Reads the beginning of the file, for its header, and more of it only where that leaves the encoding in doubt. Throws
/// file_not_read, and `store::stopped`.
std::variant<csv_file, unreadable_file> open_csv(const std::string& path, const std::optional<encoding>& expected,
                                                 const std::stop_token& stopping = {});

}
