#include "orderd/intake/table_intake.hpp"
#include "orderd/core/text.hpp"
#include "orderd/store/products.hpp"
#include "rows_by_batch.hpp"

namespace orderd::intake {

namespace {

/// A row whose name for its batch or for who brought it is longer than any may be is rejected, in a batch with a short
/// one.
void check_name(store::intake_record& record, std::string_view column, std::int64_t bytes,
                const validation::severities& changed)
{
    if (bytes <= store::longest_name_given) return;
    validation::reporter report(changed);
    report.add_row(std::string(column) + "_too_long",
                   {std::to_string(bytes), std::to_string(store::longest_name_given)});
    auto found = report.take();
    found.front().field = column;
    record.found.push_back(std::move(found.front()));
    record.state = order_state::rejected;
    record.natural_key.clear();
}

judged_table_row judge_table_row(store::table_row row, const judge& by, const validation::severities& changed)
{
    judged_table_row out{by(row.id, std::move(row.values), row.cut), std::move(row.batch_name),
                         std::move(row.brought_by), std::move(row.inserted_as)};
    check_name(out.record, "batch_name", row.batch_name_bytes, changed);
    check_name(out.record, "brought_by", row.brought_by_bytes, changed);
    return out;
}

/// Rows of one login and batch, in one transaction.
store::batch_counts take_batch(store::session& s, batch_rows rows, const std::string& inserted_by, const judge& by,
                               const store::approval_policy& approval, const std::stop_token& stopping)
{
    store::batch_description about;
    about.name = std::move(rows.batch_name);
    about.source = "table";
    about.approval = approval;
    about.inserted_by = inserted_by;
    about.inserted_as = std::move(rows.inserted_as);
    about.brought_by.assign(rows.brought_by.begin(), rows.brought_by.end());
    store::batch_writer writer(
        s, std::move(about), [&](const store::conflict& c) { return by.clash(c); }, stopping);
    writer.leave_settled_out(rows.records);
    writer.add(std::move(rows.records));
    writer.settle_table_rows(writer.settle());
    return writer.finish();
}

/// Of verdicts that the database refuses together, those that it refuses alone are found by halving, and rejected.
void store_verdicts(store::session& s, std::span<store::verdict> all, const judge& by)
{
    std::string why;
    try {
        store::judge_orders(s, all);
        return;
    } catch (const store::statement_failed& e) {
        if (!store::about_values(e.sqlstate)) throw;
        why = e.what();
    }
    if (all.size() > 1) {
        auto half = all.size() / 2;
        store_verdicts(s, all.first(half), by);
        store_verdicts(s, all.subspan(half), by);
        return;
    }
    store::conflict refused;
    refused.kind = store::conflict::what::not_stored;
    refused.refusal = printable(why, 200);
    auto& verdict = all.front();
    refused.bytes = verdict.bytes;
    verdict = {verdict.id, verdict.revision, order_state::rejected, {*by.clash(refused)}, {}, {}, {}};
    store::judge_orders(s, all);
}

}

std::vector<store::batch_counts> take_table_rows(store::session& s, int limit, const judge_settings& judging,
                                                 utc_time now, const std::stop_token& stopping, std::string* turn)
{
    constexpr std::size_t batches_at_once = 50; // a quarter of a second, if each has one row
    std::string first_turn;
    auto rows = store::waiting_table_rows(s, turn ? *turn : first_turn, limit);
    if (rows.empty()) return {};
    auto products = store::read_catalogue(s);
    judge by(judging, products, store::content_key(s), now);
    auto inserted_by = rows.front().inserted_by;
    std::vector<judged_table_row> judged;
    judged.reserve(rows.size());
    for (auto& row : rows) judged.push_back(judge_table_row(std::move(row), by, judging.severities));
    rows.clear();
    std::vector<store::batch_counts> taken;
    for (auto& batch : by_batch(std::move(judged), batches_at_once)) {
        if (!taken.empty() && stopping.stop_requested()) break;
        taken.push_back(take_batch(s, std::move(batch), inserted_by, by, judging.approval, stopping));
    }
    return taken;
}

int judge_received(store::session& s, const judge_settings& judging, utc_time now, const std::stop_token& stopping)
{
    order_id after;
    auto rows = store::received_orders(s, after, 1000);
    if (rows.empty()) return 0;
    auto products = store::read_catalogue(s);
    if (!products) return 0;
    judge by(judging, products, store::content_key(s), now);
    int judged = 0;
    for (; !rows.empty() && !stopping.stop_requested(); rows = store::received_orders(s, after, 1000)) {
        after = rows.back().id;
        std::vector<store::verdict> verdicts;
        for (auto& row : rows) {
            std::size_t bytes = 0;
            for (const auto& c : columns()) bytes += row.values[c.id].size();
            auto r = by(0, std::move(row.values));
            verdicts.push_back({row.id, row.revision, r.state, std::move(r.found), r.purchase_price, r.monthly_price,
                                r.shortest_period, bytes});
        }
        store_verdicts(s, verdicts, by);
        judged += static_cast<int>(verdicts.size());
    }
    store::approve_below(s, judging.approval);
    return judged;
}

}
