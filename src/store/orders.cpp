#include "orderd/store/orders.hpp"
#include "order_details.hpp"
#include "orderd/core/text.hpp"
#include "session.hpp"
#include "text_array.hpp"

#include <algorithm>
#include <stdexcept>

namespace orderd::store {
namespace {

utc_time parse_utc(const std::string& iso)
{
    int y = 0, mo = 0, d = 0, h = 0, mi = 0, s = 0;
    if (std::sscanf(iso.c_str(), "%d-%d-%dT%d:%d:%d", &y, &mo, &d, &h, &mi, &s) != 6) return {};
    std::chrono::sys_days day{std::chrono::year{y} / std::chrono::month(static_cast<unsigned>(mo)) /
                              std::chrono::day(static_cast<unsigned>(d))};
    return utc_time{day + std::chrono::hours(h) + std::chrono::minutes(mi) + std::chrono::seconds(s)};
}

std::vector<order_code> codes_of(const std::string& between_spaces)
{
    std::vector<order_code> out;
    for (auto& code : split(between_spaces, ' '))
        if (!code.empty()) out.push_back({std::move(code)});
    return out;
}

doubtful_order doubtful(const pqxx::row& r)
{
    doubtful_order d;
    d.id = {r["id"].as<std::int64_t>()};
    d.revision = r["revision"].as<int>();
    d.attempts = r["attempts"].as<int>();
    d.searches = r["searches"].as<int>();
    d.uncontrolled_searches = r["uncontrolled_searches"].as<int>();
    d.submitted_at = parse_utc(r["submitted_at"].as<std::string>(""));
    d.settle_time = milliseconds(r["settle_ms"].as<std::int64_t>());
    if (!r["inconclusive_ms"].is_null()) d.inconclusive_for = milliseconds(r["inconclusive_ms"].as<std::int64_t>());
    if (!r["sent_ms_ago"].is_null()) d.sent_ago = milliseconds(r["sent_ms_ago"].as<std::int64_t>());
    d.line_busy = r["line_busy"].as<bool>();
    d.resent = r["resent"].as<bool>();
    d.given_back = codes_of(r["given_back"].as<std::string>());
    d.ruled_out = codes_of(r["ruled_out"].as<std::string>());
    d.told_created = r["told_created"].as<bool>();
    d.told_late = {r["told_late"].as<std::string>("")};
    d.shown_before = codes_of(r["shown_before"].as<std::string>(""));
    d.shown_unnamed = r["shown_unnamed"].as<int>(0);
    d.type = static_cast<order_type>(r["order_type"].as<int>());
    d.request = request_from(row_of_order(r, static_cast<int>(r.column_number("order_type"))), "");
    return d;
}

std::optional<order_id> id_of(const pqxx::result& rows)
{
    if (rows.empty()) return std::nullopt;
    return order_id{rows[0][0].as<std::int64_t>()};
}

}

claim_cursor probe_candidate(session& s)
{
    auto rows = s.ask(ORDERD_SQL(probe_candidate));
    if (rows.empty()) return {};
    return {rows[0][0].as<std::int64_t>(), rows[0][1].as<std::int64_t>()};
}

taken_rows<std::vector<claimed_order>> claim_orders(session& s, instance_id owner, int limit, bool probe,
                                                    milliseconds settle_time, claim_cursor& from,
                                                    const std::string& without)
{
    auto rows = s.ask(ORDERD_SQL(claim_orders), limit, owner.value, probe, from.due, from.id,
                      static_cast<std::int64_t>(settle_time.count()), without);
    bool more = static_cast<int>(rows.size()) == limit;
    for (const auto& r : rows) from = std::max(from, {r["due"].as<std::int64_t>(), r[0].as<std::int64_t>()});
    if (!more) from = {};
    taken_rows<std::vector<claimed_order>> out;
    out.taken.reserve(rows.size());
    for (const auto& r : rows) {
        order_id id{r[0].as<std::int64_t>()};
        if (r[1].is_null())
            out.unchanged.push_back(id);
        else
            out.taken.push_back({id, r[1].as<int>(), r[2].as<int>(), r[3].as<int>(),
                                 request_from(row_of_order(r, 4), ""), r["left_open"].as<bool>()});
    }
    return out;
}

std::optional<order_id> first_to_claim(session& s, const claim_cursor& from, const std::string& without)
{
    return id_of(s.ask(ORDERD_SQL(first_to_claim), from.due, from.id, without));
}

std::vector<own_claim> own_claims(session& s, instance_id owner)
{
    std::vector<own_claim> out;
    for (const auto& r : s.ask(ORDERD_SQL(own_claims), owner.value))
        out.push_back({{r[0].as<std::int64_t>()}, r[1].as<int>()});
    return out;
}

std::optional<milliseconds> next_due(session& s, const std::string& without)
{
    auto rows = s.ask(ORDERD_SQL(next_due), without);
    if (rows.empty()) return std::nullopt;
    return milliseconds(std::max<std::int64_t>(0, rows[0][0].as<std::int64_t>()));
}

std::vector<order_id> locked_orders(session& s, const std::vector<order_id>& asked)
{
    text_array ids;
    for (auto id : asked) ids.add(static_cast<long long>(id.value));
    std::vector<order_id> locked;
    for (const auto& r : s.ask(ORDERD_SQL(locked_orders), ids.text())) locked.push_back({r[0].as<std::int64_t>()});
    return locked;
}

std::vector<order_id> move_orders(session& s, const std::vector<order_move>& moves, instance_id by,
                                  const std::string& operator_name)
{
    if (moves.empty()) return {};
    text_array id, revision, from, to, event, why, status, request, errors, raw, code, error_code, error_message, delay,
        back, searches, uncontrolled, evidence, provider_status, site, application, hope_start, hope_end, ip;
    for (const auto& m : moves) {
        auto target = next(m.from, m.event);
        if (!target)
            throw std::logic_error("no transition from " + std::string(name(m.from)) + " by " +
                                   std::string(name(m.event)));
        id.add(static_cast<long long>(m.id.value));
        revision.add(static_cast<long long>(m.revision));
        from.add(name(m.from));
        to.add(name(*target));
        event.add(name(m.event));
        why.add_or_null(m.why);
        status.add(static_cast<long long>(m.http_status));
        request.add_or_null(m.request_id);
        errors.add_or_null(m.errors_json);
        raw.add_or_null(m.raw);
        code.add_or_null(m.code.text);
        error_code.add_or_null(m.error_code);
        error_message.add_or_null(m.error_message);
        m.delay ? delay.add(static_cast<long long>(m.delay->count())) : delay.add_null();
        back.add(static_cast<long long>(m.attempt_given_back));
        searches.add(static_cast<long long>(m.searches));
        uncontrolled.add(static_cast<long long>(m.uncontrolled_searches));
        evidence.add_or_null(m.evidence_json);
        provider_status.add_or_null(m.provider_status);
        site.add_or_null(m.customer_site_code);
        application.add_or_null(m.application_date);
        hope_start.add_or_null(m.hope_to_start_at);
        hope_end.add_or_null(m.hope_to_end_at);
        ip.add_or_null(m.global_ip);
    }
    auto rows = s.ask(ORDERD_SQL(move_orders), id.text(), revision.text(), from.text(), to.text(), event.text(),
                      why.text(), status.text(), request.text(), errors.text(), raw.text(), code.text(),
                      error_code.text(), error_message.text(), delay.text(), back.text(), searches.text(),
                      provider_status.text(), site.text(), application.text(), hope_start.text(), hope_end.text(),
                      ip.text(), by.value, operator_name, uncontrolled.text(), evidence.text());
    std::vector<order_id> moved;
    moved.reserve(rows.size());
    for (const auto& r : rows) moved.push_back({r[0].as<std::int64_t>()});
    return moved;
}

std::vector<order_id> unchanged_orders(session& s, const std::vector<order_move>& moves, instance_id by)
{
    text_array id, revision, state;
    for (const auto& m : moves) {
        id.add(static_cast<long long>(m.id.value));
        revision.add(static_cast<long long>(m.revision));
        state.add(name(m.from));
    }
    std::vector<order_id> out;
    for (const auto& r : s.ask(ORDERD_SQL(unchanged_orders), id.text(), revision.text(), state.text(), by.value))
        out.push_back({r[0].as<std::int64_t>()});
    return out;
}

int keep_late_answers(session& s, const std::vector<order_move>& moves, instance_id by, const std::string& how_come)
{
    if (moves.empty()) return 0;
    text_array id, revision, why, status, errors, request, raw, event, code;
    for (const auto& m : moves) {
        if (m.http_status == 0 && m.code.text.empty() && m.raw.empty()) continue;
        id.add(static_cast<long long>(m.id.value));
        revision.add(static_cast<long long>(m.revision));
        why.add(how_come + (m.code.text.empty() ? (m.why.empty() ? "" : ": " + m.why) : ": order code " + m.code.text));
        status.add(static_cast<long long>(m.http_status));
        errors.add_or_null(m.errors_json);
        request.add_or_null(m.request_id);
        raw.add_or_null(m.raw);
        event.add(name(m.event));
        code.add_or_null(m.code.text);
    }
    return static_cast<int>(s.ask(ORDERD_SQL(keep_late_answers), id.text(), revision.text(), why.text(), status.text(),
                                  errors.text(), request.text(), by.value, raw.text(), event.text(), code.text())
                                .size());
}

taken_rows<doubtful_orders> due_in_doubt(session& s, int limit, milliseconds hidden, const std::string& without)
{
    taken_rows<doubtful_orders> out;
    auto length = static_cast<std::int64_t>(hidden.count());
    for (const auto& r : s.ask(ORDERD_SQL(due_in_doubt), limit, length, without)) {
        if (r["id"].is_null()) {
            out.unchanged.push_back({r["picked_id"].as<std::int64_t>()});
            continue;
        }
        out.taken.settle_time_too_short = milliseconds(r["settle_time_too_short_ms"].as<std::int64_t>(-1));
        out.taken.orders.push_back(doubtful(r));
    }
    return out;
}

std::optional<order_id> first_in_doubt(session& s, const std::string& without)
{
    return id_of(s.ask(ORDERD_SQL(first_in_doubt), without));
}

taken_rows<int> take_over_lost(session& s, instance_id by, int limit, milliseconds settle_time,
                               const std::string& without)
{
    taken_rows<int> out;
    auto settle = static_cast<std::int64_t>(settle_time.count());
    for (const auto& r : s.ask(ORDERD_SQL(take_over_lost), limit, settle, by.value, without)) {
        if (r[1].as<bool>())
            ++out.taken;
        else
            out.unchanged.push_back({r[0].as<std::int64_t>()});
    }
    return out;
}

std::optional<order_id> first_of_lost(session& s, const std::string& without)
{
    return id_of(s.ask(ORDERD_SQL(first_of_lost), without));
}

std::optional<doubtful_order> order_to_search(session& s, order_id id)
{
    auto rows = s.ask(ORDERD_SQL(order_to_search), id.value);
    if (rows.empty()) return std::nullopt;
    return doubtful(rows[0]);
}

std::vector<change_beside> changes_beside(session& s, order_id id)
{
    std::vector<change_beside> out;
    for (const auto& r : s.ask(ORDERD_SQL(changes_beside), id.value))
        out.push_back({doubtful(r), {r["order_code"].as<std::string>()}});
    return out;
}

void note_codes_known(session& s, milliseconds ago, const std::vector<order_id>& unknown)
{
    text_array ids;
    for (const auto& id : unknown) ids.add(static_cast<long long>(id.value));
    s.ask(ORDERD_SQL(note_codes_known), static_cast<std::int64_t>(ago.count()), ids.text());
}

void note_late_creation(session& s, milliseconds settle_time)
{
    s.ask(ORDERD_SQL(note_late_creation), static_cast<std::int64_t>(settle_time.count()));
}

void postpone_search(session& s, const doubtful_order& order, milliseconds delay)
{
    s.ask(ORDERD_SQL(postpone_search), order.id.value, order.revision, static_cast<std::int64_t>(delay.count()));
}

namespace {

std::string array_of(const std::vector<order_code>& codes)
{
    text_array all;
    for (const auto& c : codes) all.add(c.text);
    return all.text();
}
std::vector<order_code> codes_in(const pqxx::result& rows)
{
    std::vector<order_code> out;
    for (const auto& r : rows) out.push_back({r[0].as<std::string>()});
    return out;
}

}

std::vector<owned_code> owned_order_codes(session& s, const std::vector<order_code>& codes)
{
    std::vector<owned_code> out;
    for (const auto& r : s.ask(ORDERD_SQL(owned_order_codes), array_of(codes)))
        out.push_back({{r[0].as<std::string>()}, r[1].as<std::string>(""), {r[2].as<std::int64_t>()}, r[3].as<bool>()});
    return out;
}

std::vector<order_code> seen_before(session& s, order_id id, const std::vector<order_code>& codes)
{
    return codes_in(s.ask(ORDERD_SQL(seen_before), id.value, array_of(codes)));
}

void note_seen(session& s, const std::vector<order_code>& codes) { s.ask(ORDERD_SQL(note_seen), array_of(codes)); }

std::vector<known_order> known_orders(session& s, order_type type, milliseconds settle_time)
{
    std::vector<known_order> out;
    for (const auto& r : s.ask(ORDERD_SQL(orders_to_try_searches_with), static_cast<int>(type),
                               static_cast<std::int64_t>(settle_time.count())))
        out.push_back({{r["order_code"].as<std::string>()},
                       r["key"].as<std::string>(),
                       r["in_progress"].as<bool>(),
                       r["accepted_on"].as<std::string>(),
                       r["customer_site_name"].as<std::string>(""),
                       wanted_day(request_from(row_of_order(r, static_cast<int>(r.column_number("order_type"))), "")),
                       r["long_accepted"].as<bool>()});
    return out;
}

std::vector<tracked_order> tracked_orders(session& s)
{
    // All that are in progress: as many as there are, and of no order in particular.
    auto rows = s.in_transaction([&](pqxx::work& tx) {
        statements_take_at_most(tx, std::chrono::minutes(10));
        return s.exec(tx, ORDERD_SQL(tracked_orders));
    });
    std::vector<tracked_order> out;
    out.reserve(rows.size());
    for (const auto& r : rows)
        out.push_back({{r[0].as<std::int64_t>()},
                       r[1].as<int>(),
                       {r[2].as<std::string>("")},
                       r[3].as<std::string>(""),
                       r[4].as<std::string>(""),
                       r[5].as<std::string>(""),
                       r[6].as<bool>(false),
                       r[7].as<bool>()});
    return out;
}

std::vector<followed_order> followed_orders(session& s, const std::vector<order_id>& orders)
{
    text_array ids;
    for (const auto& id : orders) ids.add(static_cast<long long>(id.value));
    std::vector<followed_order> out;
    for (const auto& r : s.ask(ORDERD_SQL(followed_orders), ids.text()))
        out.push_back({{r["id"].as<std::int64_t>()},
                       static_cast<order_type>(r["order_type"].as<int>()),
                       request_from(row_of_order(r, static_cast<int>(r.column_number("order_type"))), ""),
                       r["taken_by_person"].as<bool>(),
                       r["seen_before"].as<bool>(),
                       r["told_twice"].as<bool>(),
                       r["code_never_known"].as<bool>(),
                       r["of_earlier_attempt"].as<bool>()});
    return out;
}

}
