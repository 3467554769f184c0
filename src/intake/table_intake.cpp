#include "orderd/intake/table_intake.hpp"
#include "orderd/core/text.hpp"
#include "orderd/store/products.hpp"

#include <set>

namespace orderd::intake {

namespace {

/// A batch cannot have the name that the row gives: it is rejected, in a batch with a short one.
void check_batch_name(store::intake_record& record, std::int64_t bytes, const validation::severities& changed)
{
    if (bytes <= store::longest_batch_name) return;
    validation::reporter report(changed);
    report.add_row("batch_name_too_long", {std::to_string(bytes), std::to_string(store::longest_batch_name)});
    auto found = report.take();
    found.front().field = "batch_name";
    record.found.push_back(std::move(found.front()));
    record.state = order_state::rejected;
    record.natural_key.clear();
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

std::optional<store::batch_counts> take_table_rows(store::session& s, int limit, const judge_settings& judging,
                                                   utc_time now, const std::stop_token& stopping, std::string* turn)
{
    std::string first_turn;
    auto rows = store::waiting_table_rows(s, turn ? *turn : first_turn, limit);
    if (rows.empty()) return std::nullopt;
    auto products = store::read_catalogue(s);
    judge by(judging, products, store::content_key(s), now);
    store::batch_description about;
    about.name = rows.front().batch_name;
    about.source = "table";
    about.approval = judging.approval;
    about.inserted_by = rows.front().inserted_by;
    about.inserted_as = rows.front().inserted_as;
    std::set<std::string> people;
    for (const auto& row : rows)
        if (!row.brought_by.empty()) people.insert(row.brought_by);
    about.brought_by.assign(people.begin(), people.end());
    store::batch_writer writer(
        s, std::move(about), [&](const store::conflict& c) { return by.clash(c); }, stopping);
    std::vector<store::intake_record> judged;
    for (auto& row : rows) {
        judged.push_back(by(row.id, std::move(row.values), row.cut));
        check_batch_name(judged.back(), row.batch_name_bytes, judging.severities);
    }
    writer.leave_settled_out(judged);
    writer.add(std::move(judged));
    writer.settle_table_rows(writer.settle());
    return writer.finish();
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
