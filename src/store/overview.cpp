#include "orderd/store/overview.hpp"
#include "orderd/core/text.hpp"
#include "orderd/store/housekeeping.hpp"
#include "session.hpp"

#include <algorithm>
#include <boost/json.hpp>

namespace orderd::store {
namespace {

std::vector<trouble> troubles_in(const std::string& json)
{
    std::vector<trouble> out;
    boost::system::error_code error;
    auto parsed = boost::json::parse(json, error);
    if (error || !parsed.is_array()) return out;
    auto text = [](const boost::json::value& of, std::string_view member) {
        auto* object = of.if_object();
        auto* v = object ? object->if_contains(member) : nullptr;
        return v && v->is_string() ? std::string(v->get_string()) : std::string();
    };
    for (const auto& one : parsed.get_array()) {
        auto state = text(one, "state"); // daemons of releases before 0.12.0 know one
        out.push_back({text(one, "what"), state.empty() ? "is away" : state, text(one, "why"), text(one, "since")});
    }
    return out;
}

counts counts_from(const std::string& text) // "ready=3,held=1"
{
    counts out;
    for (const auto& part : split(text, ',')) {
        auto equals = part.find('=');
        if (equals == part.npos) continue;
        if (auto state = order_state_from(part.substr(0, equals))) out[*state] = std::stol(part.substr(equals + 1));
    }
    return out;
}

double per_minute(long count, int minutes) { return static_cast<double>(count) / minutes; }

}

long all_orders(const counts& by_state)
{
    long sum = 0;
    for (auto [state, n] : by_state)
        if (state != order_state::rejected) sum += n;
    return sum;
}

long ended(const counts& by_state)
{
    long sum = 0;
    for (auto [state, n] : by_state)
        if (state != order_state::rejected && final(state)) sum += n;
    return sum;
}

long open_orders(const counts& by_state) { return all_orders(by_state) - ended(by_state); }

long heard_lately(const std::vector<instance_overview>& all, std::chrono::milliseconds lease)
{
    return std::count_if(all.begin(), all.end(), [&](const auto& i) { return i.silent_ms <= lease.count(); });
}

std::vector<batch_overview> batch_overviews(session& s, const batch_choice& c)
{
    std::vector<batch_overview> out;
    for (const auto& r : s.ask(ORDERD_SQL(batch_overviews), c.name.value_or(""), c.id, c.before, c.open, c.limit)) {
        batch_overview b;
        b.id = {r[0].as<std::int64_t>()};
        b.name = r[1].as<std::string>();
        b.source = r[2].as<std::string>();
        b.received_at = r[3].as<std::string>();
        b.file_name = r[4].as<std::string>("");
        b.directory = r[5].as<std::string>("");
        b.paused = !r[6].is_null();
        b.paused_at = r[6].as<std::string>("");
        b.paused_by = r[7].as<std::string>("");
        b.rows_taken = r[8].as<int>();
        b.rows_rejected = r[9].as<int>();
        b.rows_duplicate = r[10].as<int>();
        b.orders = counts_from(r[11].as<std::string>(""));
        b.purchase_price = r[12].as<long>();
        b.monthly_price = r[13].as<long>();
        b.unpriced = r[15].as<long>();
        auto notes = boost::json::parse(r[14].as<std::string>("[]"));
        for (const auto& note : notes.as_array()) b.notes.emplace_back(note.as_string());
        out.push_back(std::move(b));
    }
    return out;
}

void note_troubles(session& s, instance_id id, const std::string& json)
{
    s.ask("note_troubles",
          "update orderd.instance set troubles = $2::jsonb where id = $1::bigint and troubles <> $2::jsonb", id.value,
          json);
}

std::vector<instance_overview> instance_overviews(session& s)
{
    std::vector<instance_overview> out;
    for (const auto& r :
         s.ask("instances", "select name, to_char(started_at at time zone 'Asia/Tokyo', 'YYYY-MM-DD HH24:MI'), places, "
                            "(extract(epoch from now() - heartbeat_at) * 1000)::bigint, troubles from orderd.instance "
                            "where stopped_at is null and lost_at is null order by id"))
        out.push_back({r[0].as<std::string>(), r[1].as<std::string>(), r[2].as<int>(), r[3].as<long>(),
                       troubles_in(r[4].as<std::string>())});
    return out;
}

overview read_overview(session& s)
{
    overview o;
    for (const auto& r : s.ask(ORDERD_SQL(count_by_state), std::int64_t{0}))
        if (auto state = order_state_from(r[0].as<std::string>())) o.orders[*state] = r[1].as<long>();
    auto oldest = s.ask(ORDERD_SQL(waiting_longest))[0];
    o.oldest_ready_seconds = oldest[0].as<long>();
    o.oldest_in_doubt_seconds = oldest[1].as<long>();
    auto circuit = one_row(s.ask(ORDERD_SQL(read_circuit)), "orderd.circuit");
    o.circuit = circuit[0].as<std::string>();
    o.circuit_why = circuit[1].as<std::string>();
    o.circuit_probe_ms = circuit[3].as<long>();
    o.paused_ms = circuit[4].as<long>();
    o.restored = restored_since(s).has_value();
    constexpr int minutes = 10;
    long answered = 0, ended_ones = 0;
    auto now = s.ask("this_minute", "select extract(epoch from date_trunc('minute', now()))::bigint")[0][0].as<long>();
    for (const auto& t : throughput_of(s, minutes))
        if (t.at < now) { // whole minutes only
            answered += t.answered;
            ended_ones += t.ended;
        }
    o.accepted_per_minute = per_minute(answered, minutes);
    o.ended_per_minute = per_minute(ended_ones, minutes);
    o.instances = instance_overviews(s);
    return o;
}

std::vector<throughput> throughput_of(session& s, int minutes)
{
    std::vector<throughput> out;
    for (const auto& r : s.ask(ORDERD_SQL(throughput), minutes))
        out.push_back({r[0].as<std::int64_t>(), r[1].as<long>(), r[2].as<long>()});
    return out;
}

std::vector<progress_point> progress_of(session& s, batch_id id)
{
    std::vector<progress_point> all;
    for (const auto& r : s.ask(ORDERD_SQL(progress_of_batch), id.value)) {
        auto at = r[0].as<std::int64_t>();
        if (all.empty() || all.back().at != at) all.push_back({at, all.empty() ? counts{} : all.back().orders});
        if (auto state = order_state_from(r[1].as<std::string>())) all.back().orders[*state] += r[2].as<long>();
    }
    constexpr std::size_t most = 400;
    if (all.size() <= most) return all;
    std::vector<progress_point> chosen;
    for (std::size_t i = 0; i < most; ++i) chosen.push_back(all[i * (all.size() - 1) / (most - 1)]);
    return chosen;
}

std::vector<cause> causes(session& s, std::optional<batch_id> of, int limit)
{
    std::vector<cause> out;
    for (const auto& r : s.ask(ORDERD_SQL(causes), of ? of->value : 0, limit)) {
        auto state = order_state_from(r[1].as<std::string>());
        if (!state) continue;
        auto code = r[0].as<std::string>();
        auto same = std::find_if(out.begin(), out.end(), [&](const cause& c) { return c.code == code; });
        if (same == out.end())
            same = out.insert(out.end(),
                              {code, r[3].as<std::string>(), r[4].as<std::string>(), {r[5].as<std::int64_t>()}, {}});
        same->orders[*state] += r[2].as<long>();
    }
    return out;
}

}
