#include "approvals.hpp"
#include "orderd/core/order_state.hpp"
#include "orderd/core/text.hpp"
#include "tables.hpp"

#include <algorithm>

namespace orderd::store {
namespace {

std::vector<std::string> names_in(const std::string& joined)
{
    std::vector<std::string> out;
    for (const auto& name : split(joined, '\n'))
        if (!name.empty()) out.push_back(name);
    return out;
}

void read_cost(pqxx::transaction_base& tx, awaiting_batch& b)
{
    auto r = tx.exec_params(std::string(sql::awaiting_batch), b.id.value)[0];
    b.orders = r[0].as<int>();
    b.purchase_price = r[1].as<long>();
    b.monthly_price = r[2].as<long>();
    b.unpriced = r[3].as<int>();
    b.first_year_price = b.purchase_price + 12 * b.monthly_price;
}

/// The batch and what it waits with; with `lock`, nobody else decides about it meanwhile.
std::optional<awaiting_batch> find_batch(pqxx::transaction_base& tx, const std::string& name, bool lock)
{
    auto rows = tx.exec_params(std::string("select id, name, array_to_string(brought_by, chr(10)) from orderd.batch "
                                           "where name = $1") +
                                   (lock ? " for update" : ""),
                               name);
    if (rows.empty()) return std::nullopt;
    awaiting_batch b;
    b.id = {rows[0][0].as<std::int64_t>()};
    b.name = rows[0][1].as<std::string>();
    b.brought_by = names_in(rows[0][2].as<std::string>(""));
    read_cost(tx, b);
    return b;
}

/// Moves what waits and keeps the decision; gives how many orders moved.
int write_decision(pqxx::transaction_base& tx, batch_id batch, bool approve, const std::string& by,
                   const std::string& channel, const std::string& why)
{
    auto event = approve ? order_event::approved : order_event::withdraw_asked;
    auto to = *next(order_state::awaiting_approval, event);
    auto orders = tx.exec_params(std::string(sql::decide_approval), batch.value, approve ? "approved" : "declined", by,
                                 channel, why, std::string(name(to)), std::string(name(event)))[0][0]
                      .as<int>();
    if (approve) tx.exec("notify orderd_ready");
    return orders;
}

std::string yen(long amount) { return std::to_string(amount); }

approval_outcome decide(pqxx::transaction_base& tx, const approval_request& r)
{
    auto batch = find_batch(tx, r.batch, true);
    if (!batch)
        return {approval_result::no_batch, 0, "「" + r.batch + "」というバッチはありません。",
                "there is no batch \"" + r.batch + "\""};
    if (batch->orders == 0)
        return {approval_result::nothing_waits, 0, "承認待ちのオーダはありません。",
                "nothing of batch " + r.batch + " waits for approval"};
    auto same_person = [&](const std::string& name) { return header_key(name) == header_key(r.by); };
    if (r.approve && std::any_of(batch->brought_by.begin(), batch->brought_by.end(), same_person))
        return {approval_result::own_batch, 0, r.by + "さんは依頼者のため承認できません。別の方が承認してください。",
                r.by + " brought this batch; somebody else must approve it"};
    bool as_seen = (!r.orders_seen || *r.orders_seen == batch->orders) &&
                   (!r.first_year_seen || *r.first_year_seen == batch->first_year_price);
    if (!as_seen)
        return {approval_result::changed, 0,
                "確認後に内容が変わりました（現在" + std::to_string(batch->orders) + "件、初年度" +
                    yen(batch->first_year_price) + "円）。もう一度確認してください。",
                "it has changed since it was looked at: now " + std::to_string(batch->orders) + " orders, first year " +
                    yen(batch->first_year_price) + " yen; look again"};
    auto orders = write_decision(tx, batch->id, r.approve, r.by, r.channel, r.why);
    auto count = std::to_string(orders);
    return {approval_result::done, orders, count + (r.approve ? "件を承認しました。" : "件を却下しました。"),
            count + (r.approve ? " orders approved" : " orders declined and withdrawn")};
}

}

std::optional<awaiting_batch> awaiting_approval(session& s, const std::string& batch)
{
    return s.in_transaction([&](pqxx::work& tx) {
        auto found = find_batch(tx, batch, false);
        return found && found->orders > 0 ? found : std::nullopt;
    });
}

table decisions(session& s, batch_id batch)
{
    return table_of(
        s.ask("decisions",
              "select to_char(at at time zone 'Asia/Tokyo', 'YYYY-MM-DD HH24:MI'), decision, decided_by, "
              "orders, first_year_price, why from orderd.approval where batch_id = $1 order by id desc limit 10",
              batch.value));
}

approval_outcome decide_approval(session& s, const approval_request& request)
{
    return s.in_transaction([&](pqxx::work& tx) { return decide(tx, request); });
}

std::vector<table_approval> answer_approvals(session& s)
{
    std::vector<table_approval> out;
    while (true) {
        auto one = s.in_transaction([&](pqxx::work& tx) -> std::optional<table_approval> {
            auto rows = tx.exec("select id, batch_name, decision = 'approve', coalesce(nullif(btrim(approver), ''), "
                                "inserted_by, 'somebody'), coalesce(why, ''), orders, first_year_price from "
                                "intake.approval where state = 'received' order by id limit 1 for update skip locked");
            if (rows.empty()) return std::nullopt;
            const auto& r = rows[0];
            approval_request request{r[1].as<std::string>(), r[2].as<bool>(),       r[3].as<std::string>(), "table",
                                     r[4].as<std::string>(), std::optional<long>(), std::optional<long>()};
            if (!r[5].is_null()) request.orders_seen = r[5].as<long>();
            if (!r[6].is_null()) request.first_year_seen = r[6].as<long>();
            table_approval answered{request.batch, request.by, decide(tx, request)};
            const auto& o = answered.outcome;
            tx.exec_params("update intake.approval set state = $2, answer_ja = $3, answer_en = $4, decided_at = now() "
                           "where id = $1",
                           r[0].as<std::int64_t>(), o.result == approval_result::done ? "done" : "refused", o.japanese,
                           o.english);
            return answered;
        });
        if (!one) return out;
        out.push_back(std::move(*one));
    }
}

void approve_below(pqxx::transaction_base& tx, batch_id id, const approval_policy& policy)
{
    if (policy.always || policy.above <= 0) return;
    awaiting_batch waits;
    waits.id = id;
    read_cost(tx, waits);
    if (waits.orders == 0 || waits.unpriced > 0) return;
    auto whole =
        tx.exec_params("select coalesce(sum(coalesce(purchase_price, 0) + 12 * coalesce(monthly_price, 0)), 0) "
                       "from orderd.\"order\" where batch_id = $1 and state not in ('rejected', 'withdrawn')",
                       id.value)[0][0]
            .as<long>();
    if (whole > policy.above) return;
    write_decision(tx, id, true, "ipoe-orderd", "rule",
                   "the batch costs " + yen(whole) + " yen in the first year, not more than " + yen(policy.above));
}

void approve_below(session& s, const approval_policy& policy)
{
    if (policy.always || policy.above <= 0) return;
    auto waiting =
        s.ask("batches_awaiting", "select batch_id from orderd.tally_now where state = 'awaiting_approval' and "
                                  "orders > 0");
    for (const auto& r : waiting)
        s.in_transaction([&](pqxx::work& tx) {
            batch_id id{r[0].as<std::int64_t>()};
            tx.exec_params("select from orderd.batch where id = $1 for update", id.value);
            approve_below(tx, id, policy);
            return 0;
        });
}

}
