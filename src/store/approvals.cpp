#include "approvals.hpp"
#include "bringers.hpp"
#include "orderd/core/money.hpp"
#include "orderd/core/order_state.hpp"
#include "orderd/core/text.hpp"
#include "orderd/store/batches.hpp"
#include "tables.hpp"

#include <algorithm>

namespace orderd::store {
namespace {

/// Which may be about hundreds of thousands of orders.
constexpr std::chrono::seconds for_a_decision(60);

/// The columns that awaiting_batch.sql and decide_approval.sql have in common.
void read_figures(const pqxx::row& r, awaiting_batch& b)
{
    b.orders = r[0].as<int>();
    b.purchase_price = r[1].as<long>();
    b.monthly_price = r[2].as<long>();
    b.first_year_price = b.purchase_price + 12 * b.monthly_price;
    b.unpriced = r[3].as<int>();
    b.received = r[4].as<int>();
    b.to_come = r[5].as<int>();
    b.fingerprint = r[6].as<std::string>();
}

void look(pqxx::transaction_base& tx, awaiting_batch& b)
{
    read_figures(tx.exec_params(std::string(sql::awaiting_batch), b.id.value)[0], b);
}

void ask_for_catalogue(pqxx::transaction_base& tx, awaiting_batch& b)
{
    if (b.received == 0) return;
    auto rows = tx.exec("select case when state <> 'closed' then coalesce(why, '') else '' end from orderd.circuit "
                        "where not exists (select from orderd.product)");
    if (!rows.empty()) b.no_catalogue = rows[0][0].as<std::string>();
}

/// The batch; with `lock`, nobody else decides about it meanwhile.
std::optional<awaiting_batch> find_batch(pqxx::transaction_base& tx, const std::string& name, bool lock)
{
    auto rows = tx.exec_params(
        std::string("select id, name from orderd.batch where name = $1") + (lock ? " for update" : ""), name);
    if (rows.empty()) return std::nullopt;
    awaiting_batch b;
    b.id = {rows[0][0].as<std::int64_t>()};
    b.name = rows[0][1].as<std::string>();
    auto brought = read_bringers(tx, b.id);
    b.brought_by = std::move(brought.named);
    b.brought_by_more = brought.more;
    return b;
}

/// Decides if all is as `r` has it, in one statement, and gives whether it did; `batch` gets what it saw.
bool write_decision(pqxx::transaction_base& tx, awaiting_batch& batch, const approval_request& r,
                    std::optional<long> at_most = {})
{
    auto event = r.approve ? order_event::approved : order_event::withdraw_asked;
    auto to = *next(order_state::awaiting_approval, event);
    auto row = tx.exec_params(std::string(sql::decide_approval), batch.id.value, r.approve ? "approved" : "declined",
                              r.by, r.channel, r.why, std::string(name(to)), std::string(name(event)), r.orders_seen,
                              r.first_year_seen, at_most, r.fingerprint_seen)[0];
    read_figures(row, batch);
    bool done = row[7].as<bool>();
    if (done && r.approve) tx.exec("notify orderd_ready");
    return done;
}

std::string yen(long amount) { return std::to_string(amount); }

approval_outcome decide(pqxx::transaction_base& tx, const approval_request& r)
{
    auto batch = find_batch(tx, r.batch, true);
    if (!batch)
        return {approval_result::no_batch, 0, "「" + r.batch + "」というバッチはありません。",
                "there is no batch \"" + r.batch + "\""};
    bool own = r.approve && is_bringer(tx, batch->id, {batch->brought_by, batch->brought_by_more}, r.by);
    bool done = false;
    if (own)
        look(tx, *batch);
    else
        done = write_decision(tx, *batch, r);
    auto count = std::to_string(batch->orders);
    if (done)
        return {approval_result::done, batch->orders, count + (r.approve ? "件を承認しました。" : "件を却下しました。"),
                count + (r.approve ? " orders approved" : " orders declined and withdrawn")};
    if (!batch->complete()) {
        ask_for_catalogue(tx, *batch);
        return {approval_result::incomplete, 0, why_incomplete(*batch, true), why_incomplete(*batch, false)};
    }
    if (batch->orders == 0)
        return {approval_result::nothing_waits, 0, "承認待ちのオーダはありません。",
                "nothing of batch " + r.batch + " waits for approval"};
    if (own)
        return {approval_result::own_batch, 0, r.by + "さんは依頼者のため承認できません。別の方が承認してください。",
                r.by + " brought this batch; somebody else must approve it"};
    return {approval_result::changed, 0,
            "確認後に内容が変わりました（現在" + count + "件、初年度" +
                with_unpriced(yen(batch->first_year_price) + "円", batch->unpriced, true) +
                "）。もう一度確認してください。",
            "it has changed since it was looked at: now " + count + " orders, first year " +
                with_unpriced(yen(batch->first_year_price) + " yen", batch->unpriced, false) + "; look again"};
}

/// The texts of a row of intake.approval, and how long each may be.
struct text_limit {
    std::string_view column;
    std::int64_t bytes;
};
constexpr text_limit approval_limits[] = {
    {"batch_name", longest_name_given}, {"approver", longest_name_given}, {"why", longest_reason}};

/// The next row that waits: id, decision, inserted_by, orders, first_year_price, then each text of `approval_limits` as
/// far as it may go, then the length of each.
std::string next_approval()
{
    std::string texts, lengths;
    for (const auto& limit : approval_limits) {
        auto column = std::string(limit.column);
        texts += ", coalesce(left(" + column + ", " + std::to_string(limit.bytes) + "), '')";
        lengths += ", coalesce(octet_length(" + column + "), 0)";
    }
    return "select id, decision = 'approve', coalesce(inserted_by, 'somebody'), orders, first_year_price" + texts +
           lengths +
           " from intake.approval where state = 'received' and id <> all ($1::bigint[]) order by id limit 1 "
           "for update skip locked";
}

std::optional<approval_outcome> refuse_long_texts(const pqxx::row& row, pqxx::row_size_type first_length)
{
    std::vector<std::string> japanese, english;
    for (const auto& limit : approval_limits) {
        auto bytes = row[first_length++].as<std::int64_t>();
        if (bytes <= limit.bytes) continue;
        auto column = std::string(limit.column), has = std::to_string(bytes), most = std::to_string(limit.bytes);
        japanese.push_back(column + "は" + has + "バイトあります。" + most + "バイト以内で指定してください。");
        english.push_back(column + " has " + has + " bytes; at most " + most + " are allowed");
    }
    if (english.empty()) return std::nullopt;
    return approval_outcome{approval_result::too_long, 0, join(japanese, ""), join(english, "; ")};
}

/// `row`: becomes the number of the row that is looked at.
std::optional<table_approval> answer_next(pqxx::work& tx, const std::string& without, std::int64_t& row)
{
    static const auto text = next_approval();
    constexpr pqxx::row_size_type first_text = 5, first_length = 8;
    statements_take_at_most(tx, for_a_decision);
    auto rows = tx.exec_params(text, without);
    if (rows.empty()) return std::nullopt;
    const auto& r = rows[0];
    row = r[0].as<std::int64_t>();
    approval_request request;
    request.batch = r[first_text].as<std::string>();
    request.approve = r[1].as<bool>();
    request.by = trimmed(r[first_text + 1].as<std::string>());
    if (request.by.empty()) request.by = r[2].as<std::string>();
    request.channel = "table";
    request.why = r[first_text + 2].as<std::string>();
    if (!r[3].is_null()) request.orders_seen = r[3].as<long>();
    if (!r[4].is_null()) request.first_year_seen = r[4].as<long>();
    auto too_long = refuse_long_texts(r, first_length);
    table_approval answered{request.batch, request.by, too_long ? *too_long : decide(tx, request)};
    const auto& o = answered.outcome;
    auto written =
        tx.exec_params("update intake.approval set state = $2, answer_ja = $3, answer_en = $4, decided_at = now() "
                       "where id = $1 returning state",
                       row, o.result == approval_result::done ? "done" : "refused", o.japanese, o.english);
    if (written.empty() || written[0][0].as<std::string>() == "received")
        throw statement_failed(std::string(kept_as_it_was), raised_by_a_trigger);
    return answered;
}

}

std::optional<awaiting_batch> awaiting_approval(session& s, const std::string& batch)
{
    return s.in_transaction([&](pqxx::work& tx) {
        auto found = find_batch(tx, batch, false);
        if (!found) return found;
        look(tx, *found);
        ask_for_catalogue(tx, *found);
        return found->orders > 0 || !found->complete() ? found : std::nullopt;
    });
}

std::string people(const awaiting_batch& b)
{
    return join(b.brought_by, ", ") + (b.brought_by_more ? ", … (+" + std::to_string(b.brought_by_more) + ")" : "");
}

std::string why_incomplete(const awaiting_batch& b, bool japanese)
{
    std::vector<std::string> missing;
    if (b.to_come > 0)
        missing.push_back(
            (japanese ? "intake.order_rowの未取込の行: " : "rows of intake.order_row not taken in yet: ") +
            std::to_string(b.to_come));
    if (b.received > 0)
        missing.push_back((japanese ? "判定前のオーダ: " : "orders not judged yet: ") + std::to_string(b.received));
    auto what = join(missing, japanese ? "、" : ", ");
    std::string trouble;
    if (b.no_catalogue && !b.no_catalogue->empty())
        trouble = japanese ? "（" + *b.no_catalogue + "）" : " (" + *b.no_catalogue + ")";
    if (japanese)
        return "バッチ「" + b.name + "」はまだ揃っていないため、承認も却下もできません（" + what + "）。" +
               (b.no_catalogue
                    ? "判定に必要な商品一覧をまだ取得できていません" + trouble +
                          "。`ipoe-orderd products sync` で原因を確認し、判定が終わってからもう一度確認してください。"
                    : "終わるまで待って、もう一度確認してください。進まない場合は、ipoe-orderd が動いているか、"
                      "intake.table.enabled が true かを確認してください。");
    return "batch " + b.name + " is not complete, so it can be neither approved nor declined (" + what + "). " +
           (b.no_catalogue
                ? "The product catalogue, which they are judged by, has never been read" + trouble +
                      ": `ipoe-orderd products sync` tells why; look again when all are judged"
                : "Wait until that is done and look again; if nothing moves, check that ipoe-orderd runs and "
                  "that intake.table.enabled is true");
}

table decisions(session& s, batch_id batch)
{
    return table_of(s.ask(
        "decisions",
        "select to_char(at at time zone 'Asia/Tokyo', 'YYYY-MM-DD HH24:MI'), decision, decided_by, "
        "orders, first_year_price, why, unpriced from orderd.approval where batch_id = $1 order by id desc limit 10",
        batch.value));
}

approval_outcome decide_approval(session& s, const approval_request& request)
{
    return s.in_transaction([&](pqxx::work& tx) { return decide(tx, request); });
}

std::vector<table_approval> answer_approvals(session& s, left_out_rows& refused)
{
    std::vector<table_approval> out;
    while (out.size() < approvals_at_once) {
        std::int64_t row = 0;
        try {
            auto one = s.in_transaction([&](pqxx::work& tx) { return answer_next(tx, refused.numbers(), row); });
            if (!one) break;
            out.push_back(std::move(*one));
        } catch (const statement_failed& e) {
            if (row == 0 || !refused.add(row, e)) throw;
        }
    }
    refused.tell();
    return out;
}

void approve_below(pqxx::transaction_base& tx, batch_id id, const approval_policy& policy)
{
    if (policy.always || policy.above <= 0) return;
    awaiting_batch waits;
    waits.id = id;
    write_decision(tx, waits, {"", true, "ipoe-orderd", "rule", "", {}, {}}, policy.above);
}

void approve_below(session& s, const approval_policy& policy, left_out_rows& refused)
{
    if (policy.always || policy.above <= 0) return;
    auto waiting =
        s.ask("batches_awaiting", "select batch_id from orderd.tally_now where state = 'awaiting_approval' and "
                                  "orders > 0");
    for (const auto& r : waiting) {
        batch_id id{r[0].as<std::int64_t>()};
        if (refused.has(id.value)) continue;
        try {
            s.in_transaction([&](pqxx::work& tx) {
                statements_take_at_most(tx, for_a_decision);
                tx.exec_params("select from orderd.batch where id = $1 for update", id.value);
                approve_below(tx, id, policy);
                return 0;
            });
        } catch (const statement_failed& e) {
            if (!refused.add(id.value, e)) throw;
        }
    }
    refused.tell();
}

}
