#include "misfit_run.hpp"
#include "orderd/validation/rules.hpp"

#include <utility>

namespace orderd::intake {

void misfit_run::add(const csv_row& row)
{
    if (misfits_++ == 0) begins_at_ = row.number;
    if (opened_at_ == 0 && row.is == csv_row::trouble::quotes) opened_at_ = row.number;
}

void misfit_run::fold(std::int64_t number, const std::function<store::intake_record()>& judged)
{
    if (rest_++ == 0) first_of_rest_ = judged();
    last_ = number;
}

std::optional<store::intake_record> misfit_run::end()
{
    auto out = std::exchange(first_of_rest_, std::nullopt);
    if (out) {
        auto about = told();
        constexpr std::size_t most_notes = 20;
        if (notes_.size() < most_notes)
            notes_.push_back(about.japanese + " / " + about.english);
        else
            ++not_noted_;
        out->found = {std::move(about)};
    }
    misfits_ = opened_at_ = rest_ = 0;
    return out;
}

std::vector<std::string> misfit_run::notes() const
{
    auto all = notes_;
    if (auto more = std::to_string(not_noted_); not_noted_ > 0)
        all.push_back("読めなかった箇所がほかに" + more + "か所あります。 / there are " + more +
                      " more places that could not be read");
    return all;
}

finding misfit_run::told() const
{
    auto row = std::to_string(opened_at_ ? opened_at_ : begins_at_);
    auto japanese = opened_at_ ? row + "行目の引用符（\"）を閉じてください"
                               : row + "行目からの区切り文字と引用符を確認してください";
    auto english = opened_at_ ? "mend the quotation mark opened in line " + row
                              : "look for a missing or extra separator or quotation mark from line " + row + " on";
    const validation::severities none; // the rule is fixed
    validation::reporter report(none);
    report.add_row("rows_not_read", {std::to_string(first_of_rest_->source_row), std::to_string(last_),
                                     std::to_string(rest_), japanese, english});
    return report.take().front();
}

}
