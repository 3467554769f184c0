#include "orderd/intake/table_intake.hpp"
#include "orderd/core/text.hpp"
#include "orderd/store/orders.hpp"
#include "orderd/store/products.hpp"
#include "rows_by_batch.hpp"

#include <algorithm>
#include <optional>

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

void leave_out(const std::vector<store::refused_table_row>& refused, store::left_out_rows& rows)
{
    for (const auto& row : refused)
        if (!rows.add(row.id, row.why)) throw row.why;
}

struct taking {
    store::session& on;
    const std::string& inserted_by;
    const judge& by;
    const store::approval_policy& approval;
    const std::stop_token& stopping;
    store::left_out_rows& refused;
};

/// Rows of one login and batch, in one transaction. Nothing: none of them could be had, or some are left out from now
/// on, and the others are to be taken without them.
std::optional<store::batch_counts> take_batch(const taking& with, batch_rows rows)
{
    store::batch_description about;
    about.name = std::move(rows.batch_name);
    about.source = "table";
    about.approval = with.approval;
    about.inserted_by = with.inserted_by;
    about.inserted_as = std::move(rows.inserted_as);
    about.brought_by.assign(rows.brought_by.begin(), rows.brought_by.end());
    store::batch_writer writer(
        with.on, std::move(about), [&](const store::conflict& c) { return with.by.clash(c); }, with.stopping);
    writer.leave_settled_out(rows.records);
    if (rows.records.empty()) return std::nullopt;
    writer.add(std::move(rows.records));
    auto refused = writer.settle_table_rows(writer.settle());
    if (refused.empty()) return writer.finish();
    leave_out(refused, with.refused);
    return std::nullopt;
}

/// As take_batch; of a batch that the database does not let be stored all rows are left out.
std::optional<store::batch_counts> try_to_take_batch(const taking& with, batch_rows rows)
{
    std::vector<std::int64_t> ids;
    for (const auto& row : rows.records) ids.push_back(row.source_row);
    try {
        return take_batch(with, std::move(rows));
    } catch (const store::waits_for_another&) {
        throw;
    } catch (const store::statement_failed& e) {
        for (auto id : ids)
            if (!with.refused.add(id, e)) throw;
    }
    return std::nullopt;
}

/// The orders that were judged; of others that stay as they were the reason is left in `line`.
int store_all(store::session& s, std::span<const store::verdict> all, table_line& line)
{
    auto changed = store::judge_orders(s, all);
    if (changed.size() == all.size()) return static_cast<int>(changed.size());
    std::vector<store::order_move> others;
    for (const auto& v : all) {
        if (std::find(changed.begin(), changed.end(), v.id) != changed.end()) continue;
        auto& other = others.emplace_back();
        other.id = v.id;
        other.revision = v.revision;
        other.from = order_state::received;
    }
    for (auto id : store::unchanged_orders(s, others, {})) line.orders.add(id.value, store::kept_as_it_was);
    return static_cast<int>(changed.size());
}

/// Of verdicts that the database refuses together, those that it refuses alone are found by halving, and rejected. An
/// order that cannot be rejected either is left out.
int store_verdicts(store::session& s, std::span<store::verdict> all, const judge& by, table_line& line)
{
    std::optional<store::statement_failed> failed;
    try {
        return store_all(s, all, line);
    } catch (const store::statement_failed& e) {
        if (!store::about_rows(e)) throw;
        failed = e;
    }
    if (all.size() > 1) {
        auto piece = store::fewer(all.size(), failed->held_up());
        int stored = 0;
        for (; !all.empty(); all = all.subspan(std::min(piece, all.size())))
            stored += store_verdicts(s, all.first(std::min(piece, all.size())), by, line);
        return stored;
    }
    auto& verdict = all.front();
    if (failed->held_up() || verdict.state == order_state::rejected) {
        if (!line.orders.add(verdict.id.value, *failed)) throw *failed;
        return 0;
    }
    store::conflict refused;
    refused.kind = store::conflict::what::not_stored;
    refused.refusal = printable(failed->what(), 200);
    refused.bytes = verdict.bytes;
    verdict = {verdict.id, verdict.revision, order_state::rejected, {*by.clash(refused)}, {}, {}, {}};
    return store_verdicts(s, all, by, line);
}

struct no_log final : logger {
    void write(log_level, std::string_view, std::initializer_list<log_field>) override {}
};

std::string refused_words(const std::string& rows)
{
    return "PostgreSQL refuses to change " + rows +
           "; they stay as they are and are tried again after a while, all others go on";
}

}

table_line::table_line(logger& log)
    : rows(log, refused_words("rows of intake.order_row"), "rows", 10'000),
      approvals(log, refused_words("rows of intake.approval, or what they decide about"), "rows"),
      orders(log, refused_words("the rows of orders (judge by the product catalogue)"), "orders"),
      batches(log, refused_words("what waits for approval"), "batches")
{
}

std::vector<store::batch_counts> take_table_rows(store::session& s, int limit, const judge_settings& judging,
                                                 utc_time now, const std::stop_token& stopping, table_line& line)
{
    constexpr std::size_t batches_at_once = 50; // a quarter of a second, if each has one row
    auto rows = store::waiting_table_rows(s, line.turn, limit, line.rows.numbers());
    if (rows.empty()) return {};
    auto products = store::read_catalogue(s);
    judge by(judging, products, store::content_key(s), now);
    auto inserted_by = rows.front().inserted_by;
    std::vector<judged_table_row> judged;
    judged.reserve(rows.size());
    for (auto& row : rows) judged.push_back(judge_table_row(std::move(row), by, judging.severities));
    rows.clear();
    taking with{s, inserted_by, by, judging.approval, stopping, line.rows};
    std::vector<store::batch_counts> taken;
    for (auto& batch : by_batch(std::move(judged), batches_at_once)) {
        if (!taken.empty() && stopping.stop_requested()) break;
        if (auto counts = try_to_take_batch(with, std::move(batch))) taken.push_back(std::move(*counts));
    }
    bool some_left_out = line.rows.tell();
    if (taken.empty() && some_left_out && !stopping.stop_requested())
        return take_table_rows(s, limit, judging, now, stopping, line);
    return taken;
}

std::vector<store::batch_counts> take_table_rows(store::session& s, int limit, const judge_settings& judging,
                                                 utc_time now)
{
    no_log quiet;
    table_line line(quiet);
    return take_table_rows(s, limit, judging, now, {}, line);
}

int judge_received(store::session& s, const judge_settings& judging, utc_time now, const std::stop_token& stopping,
                   table_line& line)
{
    order_id after;
    auto without = line.orders.numbers();
    auto rows = store::received_orders(s, after, 1000, without);
    if (rows.empty()) return 0;
    auto products = store::read_catalogue(s);
    if (!products) return 0;
    judge by(judging, products, store::content_key(s), now);
    int judged = 0;
    for (; !rows.empty() && !stopping.stop_requested(); rows = store::received_orders(s, after, 1000, without)) {
        after = rows.back().id;
        std::vector<store::verdict> verdicts;
        for (auto& row : rows) {
            std::size_t bytes = 0;
            for (const auto& c : columns()) bytes += row.values[c.id].size();
            auto r = by(0, std::move(row.values));
            verdicts.push_back({row.id, row.revision, r.state, std::move(r.found), r.purchase_price, r.monthly_price,
                                r.shortest_period, bytes});
        }
        judged += store_verdicts(s, verdicts, by, line);
    }
    line.orders.tell();
    store::approve_below(s, judging.approval, line.batches);
    return judged;
}

}
