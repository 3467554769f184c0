#pragma once
#include "orderd/core/column.hpp"
#include "orderd/core/finding.hpp"
#include "orderd/core/ids.hpp"
#include "orderd/core/japanese_date.hpp"
#include "orderd/core/order_state.hpp"
#include "orderd/core/text_list.hpp"
#include "orderd/store/approvals.hpp"
#include "orderd/store/database.hpp"
#include "orderd/store/taken_files.hpp"

#include <functional>
#include <optional>
#include <span>
#include <stdexcept>
#include <stop_token>
#include <string>
#include <vector>

// Rows on their way into the store, a batch in one transaction.
namespace orderd::store {

struct batch_description {
    std::string name;    // wanted; a file's gets a number when the name is taken
    std::string source;  // "csv" or "table"
    std::string take_id; // of one taking of one file, "" for a table
    std::string file_name, directory, encoding, separator;
    bool japanese = false; // answer in Japanese
    std::vector<std::string> header;
    std::vector<std::string> notes;       // for the person who made the file
    std::vector<std::string> brought_by;  // who may not approve it, as far as names are known
    std::string inserted_by, inserted_as; // of table rows: whose they are, and whose the batch is
    approval_policy approval;
};

/// One judged row.
struct intake_record {
    std::int64_t source_row = 0; // the header is row 1; for a table, its id
    std::string request_key, content_hash;
    /// What releases before 0.12.0, which told `caf…` from `CAF…`, made of the same row; "" where it is the same.
    std::string earlier_key, earlier_hash;
    order_state state = order_state::ready; // ready, received, awaiting_approval or rejected
    row_values values;                      // in normal form
    std::string natural_key;                // "" for a rejected one
    std::optional<utc_time> not_before;
    findings found;
    text_list cells; // as they came
    std::optional<long> purchase_price, monthly_price, shortest_period;
    bool duplicate = false;               // it came before, and makes no order
    std::optional<order_id> duplicate_of; // of that one
};

/// A row that came before, or cannot be taken because of another; one whose site is not as it should be; or one that
/// the database refuses.
struct conflict {
    enum class what { duplicate, key_conflict, live_order, site_ended, site_unknown, not_stored };
    what kind;
    std::string request_key, natural_key;
    std::optional<order_id> other; // the order that was there
    std::string other_batch;       // "": this batch
    std::int64_t other_row = 0;
    std::string site, as_of; // the code of the site, and the day when the provider told of it
    std::size_t bytes = 0;   // of a row that is not stored
    std::string refusal{};   // the database's
    bool place_told = true;  // whether the row's author may know whose and where the other is
};
/// The finding about a row with a conflict; nothing where its rule is switched off.
using explain_conflict = std::function<std::optional<finding>(const conflict&)>;

struct batch_counts {
    batch_id id;
    std::string name;
    int taken = 0, rejected = 0, duplicate = 0; // rows
    int sites_not_checked = 0; // rows about sites that the provider has not told of, and neither that they are all
};
struct same_file {
    std::string batch, day; // the name of its batch and the Japanese day when it came
};
/// About rows that could not be compared with the provider's sites; "" where there are none.
std::string sites_note(int not_checked);

/// A row of intake.order_row that the database does not let be changed.
struct refused_table_row {
    std::int64_t id = 0;
    statement_failed why;
};

/// Writes one batch, some thousand rows at a time; memory does not grow with the batch. Nothing is there before
/// `finish` returns; a writer that is destroyed earlier leaves nothing. One batch at a time is written: another waits,
/// until `stopping` is asked for, which throws `stopped`. A row that the database refuses is rejected by itself.
class batch_writer {
public:
    batch_writer(session&, batch_description, explain_conflict, std::stop_token stopping = {});
    ~batch_writer();
    batch_writer(const batch_writer&) = delete;
    batch_writer& operator=(const batch_writer&) = delete;

    const std::string& batch_name() const;
    /// Those of `rows` of intake.order_row that no other instance settled meanwhile, and that nobody has locked.
    void leave_settled_out(std::vector<intake_record>& rows);
    /// Begins to make orders of `rows`, and gives those of the call before, when they are settled: rows that came
    /// before are marked, rows that clash with others are rejected.
    std::vector<intake_record> add(std::vector<intake_record> rows);
    /// Waits for the rows of the last `add`, and gives them, if it was not done yet.
    std::vector<intake_record> settle();
    /// For rows of intake.order_row that are settled: writes there what became of them. Gives those of which the
    /// database does not let that be written: they would be taken again, so that nothing of this batch may be stored.
    std::vector<refused_table_row> settle_table_rows(const std::vector<intake_record>& rows);
    /// The first file before this one with this content. After `settle`.
    std::optional<same_file> find_same_content(const std::string& content_hash);
    /// The batch that a file was taken in as before it grew; nothing when there is none.
    std::optional<grown_batch> find_grown(batch_id);
    /// Its row that may have been cut when it was taken in, when it is another row now. After `settle`.
    std::optional<cut_row> find_cut_row(const grown_batch&);
    /// Settles what is under way and commits. `file`: as it was read, nothing for a table; `notes` are added to those
    /// of the description.
    batch_counts finish(const file_facts& file = {}, std::vector<std::string> notes = {},
                        const std::optional<grown_batch>& grown = {});

private:
    struct state;
    std::unique_ptr<state> state_;
};

/// What `batch_writer` would say about rows, without writing anything; remembers the keys of all rows. Without a
/// session the rows are only compared with each other.
class batch_trial {
public:
    batch_trial(session*, explain_conflict);
    ~batch_trial();
    void add(std::vector<intake_record>& rows);
    int sites_not_checked() const;

private:
    struct state;
    std::unique_ptr<state> state_;
};

/// The batch of this taking of a file, when a crash came after its commit.
std::optional<batch_counts> find_taken(session&, const std::string& take_id);
/// The first file with this content.
std::optional<same_file> find_same_content(session&, const std::string& content_hash);
/// The key for content hashes; the same for all who share the database.
std::string content_key(session&);

/// A value of intake.order_row that is longer than any may be: only its beginning was read.
struct cut_value {
    column of;
    std::int64_t bytes = 0; // of the whole value
};
inline constexpr std::int64_t longest_name_given = 1'000; // bytes, of a batch or of a person

struct table_row {
    std::int64_t id = 0;
    std::string batch_name, brought_by;
    std::string inserted_by, inserted_as; // the login, and the role that it acted as
    row_values values;
    std::vector<cut_value> cut;
    // As they were inserted; of a name that is too long there is a short one here.
    std::int64_t batch_name_bytes = 0, brought_by_bytes = 0;
};
/// Rows of intake.order_row that wait, oldest first, all of one program, at most `limit` and some megabytes of them.
/// Logins take turns: those of `turn` were taken last, and it becomes whose these are. Another instance may
/// see the same rows; whichever settles them first wins, and the other leaves them out. Rows that somebody has locked
/// are passed over, and so are those of `without`, an array of PostgreSQL; a login that has no others loses its turn.
std::vector<table_row> waiting_table_rows(session&, std::string& turn, int limit, const std::string& without = "{}");
/// Of the thousand rows that wait longest, those that somebody has locked at this moment.
std::vector<std::int64_t> locked_table_rows(session&);

/// A row that waits for the catalogue.
struct received_row {
    order_id id;
    int revision = 0;
    row_values values;
};
std::vector<received_row> received_orders(session&, order_id after, int limit, const std::string& without = "{}");
struct verdict {
    order_id id;
    int revision = 0;
    order_state state; // ready, awaiting_approval or rejected
    findings found;
    std::optional<long> purchase_price, monthly_price, shortest_period;
    std::size_t bytes = 0; // of the row's values
};
/// All of them or none; gives those that changed. Others had been judged meanwhile, or somebody's trigger keeps them as
/// they were.
std::vector<order_id> judge_orders(session&, std::span<const verdict>);

/// Findings as the JSON kept in tables.
std::string to_json(const findings&);

}
