#include "orderd/intake/table_intake.hpp"
#include "orderd/store/products.hpp"

namespace orderd::intake {

std::optional<store::batch_counts> take_table_rows(store::session& s, int limit, const judge_settings& judging,
                                                   utc_time now)
{
    auto rows = store::waiting_table_rows(s, limit);
    if (rows.empty()) return std::nullopt;
    auto products = store::read_catalogue(s);
    judge by(judging, products, store::content_key(s), now);
    store::batch_description about;
    about.name = rows.front().batch_name;
    about.source = "table";
    about.approval = judging.approval;
    for (const auto& row : rows)
        if (!row.brought_by.empty()) about.brought_by.push_back(row.brought_by);
    store::batch_writer writer(s, std::move(about), [&](const store::conflict& c) { return by.clash(c); });
    std::vector<store::intake_record> judged;
    for (auto& row : rows) judged.push_back(by(row.id, std::move(row.values)));
    writer.leave_settled_out(judged);
    writer.add(std::move(judged));
    writer.settle_table_rows(writer.settle());
    return writer.finish();
}

int judge_received(store::session& s, const judge_settings& judging, utc_time now)
{
    order_id after;
    auto rows = store::received_orders(s, after, 1000);
    if (rows.empty()) return 0;
    auto products = store::read_catalogue(s);
    if (!products) return 0;
    judge by(judging, products, store::content_key(s), now);
    int judged = 0;
    for (; !rows.empty(); rows = store::received_orders(s, after, 1000)) {
        after = rows.back().id;
        std::vector<store::verdict> verdicts;
        for (auto& row : rows) {
            auto r = by(0, std::move(row.values));
            verdicts.push_back({row.id, row.revision, r.state, std::move(r.found), r.purchase_price, r.monthly_price,
                                r.shortest_period});
        }
        store::judge_orders(s, verdicts);
        judged += static_cast<int>(verdicts.size());
    }
    store::approve_below(s, judging.approval);
    return judged;
}

}
