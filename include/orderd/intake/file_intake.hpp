#pragma once
#include "orderd/core/encoding.hpp"
#include "orderd/intake/judge.hpp"

#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace orderd::intake {

struct file_settings {
    std::optional<encoding> expected;           // absent: by the content
    std::uint64_t largest_bytes = 256ull << 20; // a larger file is refused politely: it is held in memory
};

/// A file that cannot be read as rows: why, for its author, in both languages.
struct unreadable_file {
    std::vector<std::string> reasons;
};

struct file_to_take {
    std::string path;      // to read
    std::string file_name; // as its author called it
    std::string take_id;   // of this taking
    std::string directory; // the drop directory whose results/ gets the answers
};

/// Reads, judges and stores one file in one transaction; blocking. A taking that was committed before is only told.
std::variant<store::batch_counts, unreadable_file> take_file(store::session&, const file_to_take&, const file_settings&,
                                                             const judge_settings&, utc_time now);

/// What would become of a file, without storing anything: for `import --dry-run`.
struct dry_row {
    std::int64_t row = 0;
    order_state state;
    std::string request_key;
    findings found;
};
struct dry_run {
    std::string encoding;
    std::vector<std::string> notes;
    std::vector<dry_row> rows;
    bool catalogue_read = false;
};
std::variant<dry_run, unreadable_file> try_file(store::session*, const std::string& path, const file_settings&,
                                                const judge_settings&, utc_time now);

}
