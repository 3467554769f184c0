#include "orderd/store/inspect.hpp"
#include "orderd/core/order_request.hpp"
#include "orderd/core/text.hpp"
#include "session.hpp"
#include "tables.hpp"
#include "text_array.hpp"

#include <algorithm>
#include <chrono>

namespace orderd::store {
namespace {

std::vector<state_count> states_of(const pqxx::result& rows)
{
    std::vector<state_count> out;
    for (const auto& r : rows)
        if (auto state = order_state_from(r[0].as<std::string>())) out.push_back({*state, r[1].as<long>()});
    std::sort(out.begin(), out.end(),
              [](const auto& a, const auto& b) { return a.state < b.state; }); // the way of an order
    return out;
}

}

std::vector<state_count> count_states(session& s, const std::optional<std::string>& batch)
{
    std::int64_t id = 0;
    if (batch) {
        auto rows = s.ask("batch_number", "select id from orderd.batch where name = $1", *batch);
        if (rows.empty()) return {};
        id = rows[0][0].as<std::int64_t>();
    }
    return states_of(s.ask(ORDERD_SQL(count_by_state), id));
}

namespace {

/// The conditions that a filter asks for, and only those, so that the planner sees which index serves. Values are
/// parameters $1 to $8.
std::string conditions(const order_filter& f)
{
    std::string out = "true";
    if (f.state) out += " and o.state = $1";
    if (f.batch) out += " and o.batch_id = (select id from orderd.batch where name = $2)";
    if (f.line_id)
        out +=
            " and o.natural_key in ('start:' || $3, 'start:' || lower($3)) and (o.order_type = 2 or o.state in "
            "('completed', 'failed', "
            "'cancelled', 'partially_failed', 'refused', 'withdrawn') or o.order_type <> 2 and o.state in ('received', "
            "'awaiting_approval', 'ready', 'submitting', 'in_doubt', 'accepted', 'held'))";
    if (f.customer_site_code)
        out +=
            " and (o.customer_site_code = $4 and o.order_type = 1 or o.natural_key in ('change:' || $4, 'cancel:' || "
            "$4))";
    if (f.error_code)
        out += f.state
                   ? " and o.error_code = $5"
                   : " and o.error_code = $5 and (o.state in ('refused', 'failed', 'partially_failed', 'cancelled', "
                     "'held') or o.state = 'accepted' and o.error_code is not null)";
    if (f.since) out += " and o.received_at >= ($6::date)::timestamp at time zone 'Asia/Tokyo'";
    if (f.until) out += " and o.received_at < ($7::date + 1)::timestamp at time zone 'Asia/Tokyo'";
    if (f.text) out += " and (strpos(o.customer_site_name, $8) > 0 or strpos(o.case_name, $8) > 0)";
    // A parameter that is not used needs a type all the same.
    return out + " and ($1::text is null or true) and ($2::text is null or true) and ($3::text is null or true) and "
                 "($4::text is null or true) and ($5::text is null or true) and ($6::text is null or true) and "
                 "($7::text is null or true) and ($8::text is null or true)";
}

template <class... More>
pqxx::result ask_matching(session& s, const std::string& select, const order_filter& f, const std::string& rest,
                          const More&... more)
{
    return s.in_transaction([&](pqxx::work& tx) {
        return tx.exec_params(select + " where " + conditions(f) + rest, f.state.value_or(""), f.batch.value_or(""),
                              line_form(half_width(f.line_id.value_or(""))), f.customer_site_code.value_or(""),
                              f.error_code.value_or(""), f.since.value_or(""), f.until.value_or(""),
                              f.text.value_or(""), more...);
    });
}

/// Events that hold an order which may exist at the provider, as SQL.
std::string events_that_need_a_look()
{
    std::string out;
    for (const auto& t : transitions())
        if (may_exist_at_provider(t.event)) out += (out.empty() ? "'" : ", '") + std::string(name(t.event)) + "'";
    return out;
}

/// Whether an order is held because it may exist at the provider, as SQL.
const std::string must_be_resolved =
    "(o.state = 'held' and (coalesce(o.error_code in ('order_code_conflict', 'database_restored') or (select e.event "
    "in "
    "(" +
    events_that_need_a_look() +
    ") from orderd.order_event e where e.order_id = o.id and e.to_state = 'held' order by e.id desc limit 1), false) "
    "or orderd.may_be_at_provider(o.id, o.state)))";

const std::string found_columns =
    "select o.id, o.revision, o.state, o.request_key, o.order_code, " + must_be_resolved +
    " as must_be_resolved, o.details is null and o.state in ('refused', 'failed') as details_gone, o.state = "
    "'accepted' "
    "and coalesce((select e.event = 'resolved_as_ours' from orderd.order_event e where e.order_id = o.id and "
    "e.to_state "
    "= 'accepted' and e.event not in ('following_failed', 'following_resumed') order by e.id desc limit 1), false) as "
    "taken_by_person, coalesce(o.state = 'accepted' and o.error_code in ('unknown_at_provider', 'detail_unreadable'), "
    "false) as not_told, o.state in ('refused', 'failed') and (orderd.may_be_at_provider(o.id, o.state) or o.state = "
    "'refused' and not exists (select from orderd.order_event e where e.order_id = o.id and e.event = "
    "'refused_by_provider')) as left_open from orderd.\"order\" o ";

found_order found_from(const pqxx::row& r)
{
    auto state = order_state_from(r[2].as<std::string>()).value_or(order_state::held);
    bool left_open = r["left_open"].as<bool>();
    return {{r[0].as<std::int64_t>()},
            r[1].as<int>(),
            state,
            r[3].as<std::string>(),
            r[4].as<std::string>(""),
            r[5].as<bool>(),
            r[6].as<bool>(),
            r[7].as<bool>(),
            r["not_told"].as<bool>() || (state == order_state::refused && left_open),
            state == order_state::failed && left_open};
}

std::vector<found_order> all_found(const pqxx::result& rows)
{
    std::vector<found_order> out;
    for (const auto& r : rows) out.push_back(found_from(r));
    return out;
}

}

table order_list(session& s, const order_filter& f)
{
    return table_of(ask_matching(
        s,
        "select o.id, o.request_key, b.name as batch, o.source_row as row, o.state, o.line_id, o.customer_site_code, "
        "o.order_code, o.attempts, o.error_code, o.customer_site_name from orderd.\"order\" o join orderd.batch b on "
        "b.id = o.batch_id",
        f, " and ($9::bigint = 0 or o.id < $9::bigint) order by o.id desc limit $10::int", f.before, f.limit));
}

std::vector<state_count> count_matching(session& s, const order_filter& f)
{
    auto rows = ask_matching(
        s, "select o.state, count(*), count(*) filter (where " + must_be_resolved + ") from orderd.\"order\" o", f,
        " group by o.state");
    auto out = states_of(rows);
    for (const auto& r : rows)
        for (auto& one : out)
            if (name(one.state) == r[0].as<std::string>()) one.must_be_resolved = r[2].as<long>();
    return out;
}

std::optional<found_order> find_order(session& s, order_id id)
{
    auto found = all_found(s.ask("find_order", found_columns + "where o.id = $1", id.value));
    if (found.empty()) return std::nullopt;
    return found.front();
}

std::optional<order_id> order_number(const std::string& word)
{
    auto text = trimmed(half_width(word));
    if (text.size() < 2 || text.size() > 19 || text[0] != '#' || text.find_first_not_of("0123456789", 1) != text.npos)
        return std::nullopt;
    return order_id{std::stoll(text.substr(1))};
}

std::vector<found_order> find_orders(session& s, const std::string& word)
{
    std::vector<found_order> out;
    auto add = [&](order_id id) {
        if (auto order = find_order(s, id)) out.push_back(std::move(*order));
    };
    if (auto number = order_number(word)) {
        add(*number);
        return out;
    }
    auto text = trimmed(half_width(word)); // as keys are kept
    if (text.empty() || text.find('\0') != text.npos || !valid_utf8(text)) return out;
    for (const auto& r : s.ask(ORDERD_SQL(find_orders), text)) add({r[0].as<std::int64_t>()});
    return out;
}

table names_of_orders(session& s, const std::vector<found_order>& orders)
{
    text_array ids;
    for (const auto& order : orders) ids.add(static_cast<long long>(order.id.value));
    return table_of(s.ask("names_of_orders",
                          "select o.id, o.request_key, b.name as batch, o.state, o.customer_site_name from "
                          "orderd.\"order\" o join orderd.batch b on b.id = o.batch_id where o.id = any($1::bigint[]) "
                          "order by o.id",
                          ids.text()));
}

std::vector<found_order> orders_matching(session& s, const order_filter& f, order_id after, int limit)
{
    return all_found(
        ask_matching(s, found_columns, f, " and o.id > $9::bigint order by o.id limit $10::int", after.value, limit));
}

std::vector<found_order> held_by_pause(session& s, std::int64_t batch, order_id after, int limit)
{
    return all_found(s.ask("held_by_pause",
                           found_columns +
                               "where o.batch_id = $1 and o.state = 'held' and o.id > $2 and (select e.event from "
                               "orderd.order_event e where e.order_id = o.id and e.to_state = 'held' order by e.id "
                               "desc limit 1) = 'batch_paused' order by o.id limit $3",
                           batch, after.value, limit));
}

void wake_submission(session& s) { s.ask("wake_submission", "select pg_notify('orderd_ready', '')"); }

bool set_paused(session& s, const std::string& batch, bool paused, const std::string& operator_name)
{
    return !s.ask("set_paused",
                  "update orderd.batch set paused_at = case when $2::boolean then coalesce(paused_at, now()) end, "
                  "paused_by = case when $2::boolean then coalesce(paused_by, $3) end where name = $1 returning id",
                  batch, paused, operator_name)
                .empty();
}

table order_line(session& s, order_id id)
{
    return table_of(
        s.ask("order_line",
              "select o.id, b.name as batch, o.source_row as row, o.request_key, o.state, o.order_type, o.natural_key, "
              "o.customer_code, o.customer_site_name, o.case_name, o.line_id, o.product_codes, o.customer_site_code, "
              "o.order_code, o.provider_status, o.error_code, o.error_message, o.attempts, o.application_date, "
              "o.hope_to_start_at, o.hope_to_end_at, o.global_ip, o.purchase_price, o.monthly_price, o.findings, "
              "o.not_before, o.received_at, o.submitted_at, o.accepted_at, o.finished_at "
              "from orderd.\"order\" o join orderd.batch b on b.id = o.batch_id where o.id = $1",
              id.value));
}

table order_events(session& s, order_id id)
{
    return table_of(s.ask(
        "order_events",
        "select to_char(at at time zone 'Asia/Tokyo', 'YYYY-MM-DD HH24:MI:SS') as at, from_state, to_state, event, "
        "why, attempt, http_status, request_id, errors, raw, instance_id, operator, evidence from orderd.order_story "
        "where order_id = $1 order by id",
        id.value));
}

std::optional<kept_evidence> last_evidence(session& s, order_id id)
{
    auto rows = s.ask("last_evidence",
                      "select id, to_char(at at time zone 'Asia/Tokyo', 'YYYY-MM-DD HH24:MI:SS'), evidence::text, "
                      "extract(epoch from now() - at)::bigint from "
                      "orderd.order_event where order_id = $1 and evidence is not null order by id desc limit 1",
                      id.value);
    if (rows.empty()) return std::nullopt;
    return kept_evidence{rows[0][0].as<std::int64_t>(), rows[0][1].as<std::string>(), rows[0][2].as<std::string>(),
                         rows[0][3].as<long>()};
}

std::vector<std::string> durability_risks(session& s)
{
    auto rows = s.ask("durability", "select current_setting('fsync'), current_setting('synchronous_commit'), "
                                    "current_setting('synchronous_standby_names'), "
                                    "exists (select from pg_stat_replication where state = 'streaming')");
    const auto& r = rows[0];
    std::vector<std::string> risks;
    if (r[0].as<std::string>() == "off") risks.push_back("fsync is off");
    if (auto level = r[1].as<std::string>(); level == "off") risks.push_back("synchronous_commit is off");
    if (r[3].as<bool>() && r[2].as<std::string>().empty())
        risks.push_back("it has standbys, and none of them is synchronous");
    return risks;
}

std::optional<server_fault> fault_of(const server_state& about)
{
    if (about.version < 130'000)
        return server_fault{"PostgreSQL " + about.version_text + " is too old", "use 13 or newer"};
    if (about.encoding != "UTF8")
        return server_fault{"the database's encoding is " + about.encoding + "; Japanese names cannot be kept",
                            "createdb -E UTF8 -T template0, and name that database in database.url"};
    return std::nullopt;
}

server_state read_server_state(session& s)
{
    auto before = std::chrono::system_clock::now();
    auto rows =
        s.ask("server_facts",
              "select current_setting('server_version_num')::int, current_setting('server_version'), "
              "pg_encoding_to_char((select encoding from pg_database where datname = current_database())), "
              "extract(epoch from clock_timestamp()), current_setting('max_connections')::int - (select count(*) "
              "from pg_stat_activity where backend_type = 'client backend') - "
              "current_setting('superuser_reserved_connections')::int, coalesce((select rolcreaterole or rolsuper from "
              "pg_roles where rolname = current_user), false), has_database_privilege(current_database(), 'create') "
              "and has_schema_privilege('public', 'create'), current_setting('transaction_read_only')::boolean");
    auto after = std::chrono::system_clock::now();
    const auto& r = rows[0];
    server_state out;
    out.version = r[0].as<int>();
    out.version_text = r[1].as<std::string>();
    out.encoding = r[2].as<std::string>();
    auto here = std::chrono::duration<double>((before + (after - before) / 2).time_since_epoch()).count();
    out.clock_ahead_seconds = r[3].as<double>() - here;
    out.connections_left = r[4].as<int>();
    out.may_create_roles = r[5].as<bool>();
    out.may_make_schema = r[6].as<bool>();
    out.read_only = r[7].as<bool>();
    for (const auto& role :
         s.ask("missing_roles",
               "select r from unnest(array['orderd_app', 'orderd_intake', 'orderd_report', 'orderd_secrets', "
               "'orderd_approval']) r "
               "where not exists (select from pg_roles where rolname = r)"))
        out.missing_roles.push_back(role[0].as<std::string>());
    return out;
}

bool reachable(session& s) { return !s.ask("reachable", "select 1").empty(); }

bool batch_exists(session& s, const std::string& batch)
{
    return !s.ask("batch_exists", "select from orderd.batch where name = $1", batch).empty();
}

table product_history(session& s)
{
    return table_of(s.ask(
        "product_history",
        "select product_code, purchase_price, monthly_price, shortest_period, to_char(valid_from at time zone "
        "'Asia/Tokyo', 'YYYY-MM-DD HH24:MI') as valid_from, to_char(valid_to at time zone 'Asia/Tokyo', 'YYYY-MM-DD "
        "HH24:MI') as valid_to, ended_by, product_name from report.product_price order by product_code, "
        "report.product_price.valid_from nulls first"));
}

table product_list(session& s)
{
    return table_of(s.ask(
        "product_list",
        "select code, type, cpe, purchase_price, monthly_price, shortest_period, array_to_string(dependencies, ' ') "
        "as dependencies, name, to_char(missing_since at time zone 'Asia/Tokyo', 'YYYY-MM-DD HH24:MI') as "
        "missing_since from orderd.product order by type, code"));
}

}
