#pragma once
#include "orderd/core/encoding.hpp"
#include "orderd/intake/judge.hpp"

#include <functional>
#include <optional>
#include <stdexcept>
#include <stop_token>
#include <string>
#include <variant>
#include <vector>

namespace orderd::intake {

struct file_settings {
    std::optional<encoding> expected; // absent: by the content
};

/// A file that cannot be read as rows: why, for its author, in both languages.
struct unreadable_file {
    std::vector<std::string> reasons;
};

/// The file could not be read to its end, or somebody wrote to it meanwhile. Nothing of it was stored.
struct file_not_read : std::runtime_error {
    using std::runtime_error::runtime_error;
};

struct file_missing : file_not_read {
    file_missing() : file_not_read("there is no such file") {}
};

struct file_to_take {
    std::string path;                     // to read
    std::string file_name;                // as its author called it
    std::string take_id;                  // of this taking
    std::string directory;                // the drop directory whose results/ gets the answers
    std::string brought_by;               // the person, "" when it is not known
    std::optional<batch_id> grown_from{}; // it was taken in as this batch, and grew
};

struct intake_progress {
    std::uint64_t bytes_read = 0, bytes = 0;
    std::int64_t rows = 0;
};
using report_progress = std::function<void(const intake_progress&)>;

/// Reads, judges and stores one file in one transaction; blocking, with a second thread that reads and judges. The
/// memory it takes does not grow with the file. A taking that was committed before is only told. Throws what the store
/// throws, `file_not_read`, and `store::stopped` some rows after `stopping` was asked for.
std::variant<store::batch_counts, unreadable_file> take_file(store::session&, const file_to_take&, const file_settings&,
                                                             const judge_settings&, utc_time now,
                                                             const report_progress& = {},
                                                             const std::stop_token& stopping = {});

/// What would become of a file, without storing anything: for `import --dry-run`.
struct dry_run {
    std::string encoding;
    std::vector<std::string> notes;
    bool catalogue_read = false;
    std::int64_t accepted = 0, rejected = 0, duplicate = 0;
    long purchase_price = 0, monthly_price = 0; // yen, of what would be accepted
    long unpriced = 0;                          // of these: orders whose price is not known, and is in no sum
};
/// `each` gets every judged row. Without a session, nothing is known of the catalogue and of other orders.
std::variant<dry_run, unreadable_file> try_file(store::session*, const std::string& path, const file_settings&,
                                                const judge_settings&, utc_time now,
                                                const std::function<void(const store::intake_record&)>& each,
                                                const report_progress& = {});

}
