#pragma once
#include "orderd/store/batches.hpp"
#include "orderd/validation/validate.hpp"

#include <functional>
#include <string>

namespace orderd::intake {

/// What a row is judged with.
struct judge_settings {
    std::string customer_code;
    validation::severities severities;
    business_calendar calendar;
    store::approval_policy approval;
};

/// Whether a row orders something whose price is not known.
bool unpriced(const store::intake_record&);

/// One judge for one batch: the catalogue and the day do not change under it.
class judge {
public:
    judge(const judge_settings&, const std::optional<catalogue>&, std::string content_key, utc_time now);

    /// A verdict on the row: its state, its key and its findings. `cut`: values of which only the beginning is here.
    store::intake_record operator()(std::int64_t source_row, row_values,
                                    const std::vector<store::cut_value>& cut = {}) const;
    /// The finding about a row that clashes with another.
    std::optional<finding> clash(const store::conflict&) const;

private:
    void add_prices(store::intake_record&) const;
    const judge_settings& settings_;
    const catalogue* catalogue_;
    std::string content_key_;
    validation::context context_;
};

}
