#include "overview_text.hpp"
#include "orderd/core/money.hpp"
#include "orderd/core/shown.hpp"
#include "orderd/core/text.hpp"
#include "orderd/service/estimate.hpp"
#include "progress.hpp"

#include <algorithm>
#include <cstdio>

namespace orderd::cli {
namespace {

namespace json = boost::json;

constexpr std::string_view red = "\033[31m", yellow = "\033[33m", green = "\033[32m", plain = "\033[0m";

std::string in_colour(std::string_view colour, const std::string& text, bool coloured)
{
    return coloured ? std::string(colour) + text + std::string(plain) : text;
}

std::string padded(const std::string& text, std::size_t width)
{
    auto cut = shown(text, 120);
    while (display_width(cut) > width) { // by characters, from the end
        cut.pop_back();
        while (!cut.empty() && (static_cast<unsigned char>(cut.back()) & 0xC0) == 0x80) cut.pop_back();
        if (!valid_utf8(cut)) cut.pop_back();
    }
    return cut + std::string(width - display_width(cut), ' ');
}

std::string right(long n, std::size_t width)
{
    auto text = service::grouped(n);
    return std::string(width - std::min(width, text.size()), ' ') + text;
}

json::object states(const store::counts& by_state)
{
    json::object out;
    for (auto [state, n] : by_state) out[name(state)] = n;
    return out;
}

std::string states_words(const store::counts& by_state)
{
    std::string out;
    for (auto [state, n] : by_state)
        if (n && state != order_state::rejected)
            out += (out.empty() ? "" : ", ") + service::grouped(n) + " " + std::string(name(state));
    return out.empty() ? "no orders" : out;
}

long troubled(const store::counts& by_state)
{
    long sum = 0;
    for (auto state : {order_state::failed, order_state::partially_failed, order_state::refused, order_state::held})
        if (auto at = by_state.find(state); at != by_state.end()) sum += at->second;
    return sum;
}

}

json::value known_sum(long yen, long unpriced) { return unpriced ? json::value(nullptr) : json::value(yen); }

json::object as_json(const store::batch_overview& b)
{
    return {{"batch", b.name},
            {"source", b.source},
            {"received_at", b.received_at},
            {"paused", b.paused},
            {"rows_taken", b.rows_taken},
            {"rows_rejected", b.rows_rejected},
            {"rows_duplicate", b.rows_duplicate},
            {"states", states(b.orders)},
            {"ended", store::ended(b.orders)},
            {"open", store::open_orders(b.orders)},
            {"purchase_price", known_sum(b.purchase_price, b.unpriced)},
            {"monthly_price", known_sum(b.monthly_price, b.unpriced)},
            {"unpriced", b.unpriced},
            {"notes", json::value_from(b.notes)}};
}

json::array as_json(const std::vector<store::batch_overview>& all)
{
    json::array out;
    for (const auto& b : all) out.push_back(as_json(b));
    return out;
}

json::array as_json(const std::vector<store::cause>& all)
{
    json::array out;
    for (const auto& c : all)
        out.push_back({{"code", c.code},
                       {"message", c.message},
                       {"example", c.example_key},
                       {"example_order", c.example.value},
                       {"states", states(c.orders)}});
    return out;
}

json::object as_json(const store::overview& o)
{
    json::array instances;
    for (const auto& i : o.instances) {
        json::array troubles;
        for (const auto& t : i.troubles)
            troubles.push_back({{"what", t.what}, {"state", t.state}, {"why", t.why}, {"since", t.since}});
        instances.push_back({{"name", i.name},
                             {"started_at", i.started_at},
                             {"places", i.places},
                             {"silent_ms", i.silent_ms},
                             {"troubles", std::move(troubles)}});
    }
    return {{"states", states(o.orders)},
            {"oldest_ready_seconds", o.oldest_ready_seconds},
            {"oldest_in_doubt_seconds", o.oldest_in_doubt_seconds},
            {"circuit", o.circuit},
            {"circuit_why", o.circuit_why},
            {"restored", o.restored},
            {"answered_per_minute", o.accepted_per_minute},
            {"ended_per_minute", o.ended_per_minute},
            {"instances", instances}};
}

std::string batch_lines(const std::vector<store::batch_overview>& all, bool coloured)
{
    std::string out = padded("batch", 34) + "  " + padded("received", 19) +
                      "  progress                orders   ended "
                      "trouble rejected\n";
    for (const auto& b : all) {
        auto taken = store::all_orders(b.orders), done = store::ended(b.orders), bad = troubled(b.orders);
        out += padded(b.name, 34) + "  " + padded(b.received_at, 19) + "  " +
               bar(static_cast<std::uint64_t>(done), static_cast<std::uint64_t>(taken), 14) + " " +
               right(taken ? done * 100 / taken : 100, 3) + " %  " + right(taken, 7) + " " + right(done, 7) + " ";
        auto trouble = right(bad, 7);
        out += (bad ? in_colour(red, trouble, coloured) : trouble) + "  " + right(b.rows_rejected, 7);
        if (b.paused) out += "  " + in_colour(yellow, "paused", coloured);
        out += "\n";
    }
    return out;
}

std::string batch_text(const store::batch_overview& b, const std::vector<store::cause>& causes, bool coloured)
{
    auto taken = store::all_orders(b.orders), done = store::ended(b.orders);
    std::string out = "batch       " + shown(b.name) +
                      (b.source == "csv" ? "  (file " + shown(b.file_name) + ")" : "  (table)") + "\n";
    out += "received    " + b.received_at + "\n";
    if (b.paused)
        out += in_colour(yellow, "paused      since " + b.paused_at + " by " + shown(b.paused_by), coloured) + "\n";
    out += "rows        " + service::grouped(b.rows_taken) + " taken, " + service::grouped(b.rows_rejected) +
           " rejected, " + service::grouped(b.rows_duplicate) + " had come before\n";
    out += "progress    " + bar(static_cast<std::uint64_t>(done), static_cast<std::uint64_t>(taken), 40) + " " +
           service::grouped(done) + " of " + service::grouped(taken) + " ended\n";
    out += "orders      " + states_words(b.orders) + "\n";
    auto cost = service::grouped(b.purchase_price) + " yen once, " + service::grouped(b.monthly_price) + " yen a month";
    out += "cost        " + with_unpriced(cost, b.unpriced, false) + "\n";
    for (const auto& note : b.notes) out += "note        " + shown(note, 1'000) + "\n";
    if (!causes.empty()) out += "\nwhat went wrong:\n";
    for (const auto& c : causes)
        out += "  " + in_colour(red, padded(c.code.empty() ? "-" : c.code, 20), coloured) + "  " +
               states_words(c.orders) + "\n      " + shown(c.message, 300) + "\n      for example #" +
               std::to_string(c.example.value) + " (" + shown(c.example_key) + ")\n";
    return out;
}

std::string overview_text(const store::overview& o, double rate_limit, bool coloured)
{
    std::string out;
    auto all = store::all_orders(o.orders);
    for (auto [state, n] : o.orders) {
        bool bad = state == order_state::refused || state == order_state::failed || state == order_state::held ||
                   state == order_state::partially_failed;
        auto of = state == order_state::rejected ? std::max(n, all) : all;
        out +=
            padded(std::string(name(state)) + " " + std::string(japanese_name(state)), 30) + " " + right(n, 10) + "  " +
            in_colour(bad                               ? red
                      : state == order_state::completed ? green
                                                        : plain,
                      bar(static_cast<std::uint64_t>(n), static_cast<std::uint64_t>(std::max(of, 1L)), 40), coloured) +
            "\n";
    }
    if (o.orders.empty()) out += "no orders yet\n";
    char rate[200];
    std::snprintf(rate, sizeof rate, "\nanswered   %.1f orders a minute, ended %.1f a minute (last ten minutes)\n",
                  o.accepted_per_minute, o.ended_per_minute);
    out += rate;
    if (auto left = service::estimate(o, rate_limit)) out += "to send    " + *left + "\n";
    if (o.oldest_ready_seconds > 0)
        out += "waiting    the oldest order that is due for " + service::duration_words(o.oldest_ready_seconds) + "\n";
    if (o.oldest_in_doubt_seconds > 0)
        out += "in doubt   the oldest for " + service::duration_words(o.oldest_in_doubt_seconds) + "\n";
    if (o.slowed_down())
        out += "sending    " + in_colour(yellow, "paused, the provider asked to slow down", coloured) + "; again in " +
               service::duration_words(o.paused_ms / 1000) + "\n";
    else if (o.circuit == "closed")
        out += "sending    " + in_colour(green, "on", coloured) + "\n";
    else
        out +=
            "sending    " +
            in_colour(red, o.circuit == "open" ? "off, the provider is unwell" : "off, a person is needed", coloured) +
            ": " + shown(o.circuit_why, 300) + "; next try in " + service::duration_words(o.circuit_probe_ms / 1000) +
            "\n";
    if (o.restored)
        out += in_colour(yellow,
                         "restored   from a backup: every order is searched for before it is sent; end it with "
                         "`orders reconcile --done`",
                         coloured) +
               "\n";
    if (o.instances.empty()) out += in_colour(red, "daemons    none is running", coloured) + "\n";
    for (const auto& i : o.instances) {
        out += "daemon     " + shown(i.name) + " since " + i.started_at + ", " + std::to_string(i.places) +
               " places on the wire" +
               (i.silent_ms > 10'000 ? ", silent for " + service::duration_words(i.silent_ms / 1000) : "") + "\n";
        for (const auto& t : i.troubles)
            out += in_colour(red,
                             "trouble    " + shown(t.what + " " + t.state) + " since " + t.since + ": " + shown(t.why),
                             coloured) +
                   "\n";
    }
    return out;
}

}
