#pragma once
#include "orderd/core/ids.hpp"
#include "orderd/store/database.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

// Files that were taken in, and whether they are still as they were then.
namespace orderd::store {

/// A file as it was read.
struct file_facts {
    std::string content_hash;
    std::uint64_t size = 0;
    std::int64_t written = 0;        // nanoseconds since 1970
    std::int64_t unfinished_row = 0; // the last one, where the file ended without a line break; 0: it did not
};

/// A file in done/.
struct taken_file {
    batch_id batch;
    std::string batch_name, kept_as;
    file_facts facts;
};
/// Those of the last day, of this drop directory.
std::vector<taken_file> recent_taken_files(session&, const std::string& directory);
/// The file of a taking lies in done/ under this name; "": nobody need look at it.
std::optional<taken_file> keep_taken_file(session&, const std::string& take_id, const std::string& kept_as);
/// It was written to, and holds what it held before.
void note_rewritten_file(session&, batch_id, std::uint64_t size, std::int64_t written);

/// The batch of a file that grew afterwards.
struct grown_batch {
    batch_id id;
    std::string name;
    std::uint64_t file_size = 0;
    std::vector<std::string> notes; // for the person who made the file; added to those of that batch
};
/// A row that was taken in while its line was perhaps still being written, and is another one now.
struct cut_row {
    std::int64_t row = 0;
    std::string request_key; // of the order that was made of it
};

}
