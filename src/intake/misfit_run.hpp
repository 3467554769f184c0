#pragma once
#include "orderd/intake/csv.hpp"
#include "orderd/store/batches.hpp"

#include <optional>
#include <string>
#include <vector>

namespace orderd::intake {

/// Rows one after the other whose cells do not stand where the header says: what follows a quotation mark that was left
/// open, or a text that is no table. The first ones are told one by one; the rest of the run is told as one rejected
/// row, so that it costs neither memory nor room in the database.
class misfit_run {
public:
    static constexpr std::int64_t told_one_by_one = 2'000;

    /// The next row is a misfit.
    void add(const csv_row&);
    /// Whether the row that was added, and what follows, belongs to the rest of the run.
    bool long_enough() const { return misfits_ > told_one_by_one; }
    /// Rows of the rest so far.
    std::int64_t rest() const { return rest_; }
    /// Takes a row into the rest; `judged` is that of its first row.
    void fold(std::int64_t number, const std::function<store::intake_record()>& judged);
    /// A row that fits comes next, or none: gives the row that stands for the rest, if there is one.
    std::optional<store::intake_record> end();
    /// What the file's author should know of all runs.
    std::vector<std::string> notes() const;

private:
    finding told() const;

    std::int64_t misfits_ = 0, begins_at_ = 0, opened_at_ = 0; // rows
    std::int64_t rest_ = 0, last_ = 0;
    std::optional<store::intake_record> first_of_rest_;
    std::vector<std::string> notes_;
    std::int64_t not_noted_ = 0;
};

}
