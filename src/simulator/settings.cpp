#include "settings.hpp"

#include <functional>
#include <stdexcept>

namespace orderd::simulator {
namespace {

/// A member of the JSON, read and written in one place.
struct member {
    std::string_view name;
    std::function<void(settings&, const json::value&)> read;
    std::function<json::value(const settings&)> write;
};

int whole(const json::value& v) { return v.to_number<int>(); }

member integer(std::string_view name, int settings::*at)
{
    return {name, [at](settings& s, const json::value& v) { s.*at = whole(v); },
            [at](const settings& s) -> json::value { return s.*at; }};
}
member share(std::string_view name, double settings::*at)
{
    return {name, [at](settings& s, const json::value& v) { s.*at = v.to_number<double>(); },
            [at](const settings& s) -> json::value { return s.*at; }};
}
member text(std::string_view name, std::string settings::*at)
{
    return {name, [at](settings& s, const json::value& v) { s.*at = std::string(v.as_string()); },
            [at](const settings& s) -> json::value { return json::string(s.*at); }};
}

fault read_fault(const json::object& o)
{
    static const std::string known[] = {"401", "403", "404",   "408",       "429",  "500",         "502",
                                        "503", "504", "reset", "cut_short", "html", "broken_json", "late"};
    fault f;
    for (const auto& [key, v] : o) {
        if (key == "operation")
            f.operation = std::string(v.as_string());
        else if (key == "answer")
            f.answer = std::string(v.as_string());
        else if (key == "after")
            f.after = v.as_bool();
        else if (key == "probability")
            f.probability = v.to_number<double>();
        else if (key == "every")
            f.every = whole(v);
        else if (key == "times")
            f.times = whole(v);
        else if (key == "retry_after")
            f.retry_after = whole(v);
        else if (key == "delay_ms")
            f.delay_ms = whole(v);
        else
            throw std::invalid_argument("a fault has no member \"" + std::string(key) + "\"");
    }
    for (const auto& answer : known)
        if (answer == f.answer) return f;
    throw std::invalid_argument("a fault's answer cannot be \"" + f.answer + "\"");
}

std::map<std::string, json::object> read_prices(const json::object& all)
{
    std::map<std::string, json::object> prices;
    for (const auto& [code, price] : all) {
        for (const auto& [name, value] : price.as_object()) {
            if (name != "purchasePrice" && name != "monthlyPrice" && name != "shortestPeriod")
                throw std::invalid_argument("a price has no member \"" + std::string(name) +
                                            "\"; there are purchasePrice, monthlyPrice, shortestPeriod");
            if (whole(value) < 0) throw std::invalid_argument("a price cannot be below 0");
        }
        prices[std::string(code)] = price.as_object();
    }
    return prices;
}

const std::vector<member>& members()
{
    static const std::vector<member> all{
        integer("token_lifetime_seconds", &settings::token_lifetime_seconds),
        integer("progress_min_ms", &settings::progress_min_ms),
        integer("progress_max_ms", &settings::progress_max_ms),
        share("share_failed", &settings::share_failed),
        share("share_cancelled", &settings::share_cancelled),
        share("share_partially_failed", &settings::share_partially_failed),
        {"outcome_patterns",
         [](settings& s, const json::value& v) {
             std::map<std::string, std::string> patterns;
             for (const auto& [key, status] : v.as_object())
                 patterns[std::string(key)] = std::string(status.as_string());
             s.outcome_patterns = std::move(patterns);
         },
         [](const settings& s) -> json::value { return json::value_from(s.outcome_patterns); }},
        text("refused_line_prefix", &settings::refused_line_prefix),
        text("client_id", &settings::client_id),
        {"client_secret", [](settings& s, const json::value& v) { s.client_secret = std::string(v.as_string()); },
         [](const settings& s) -> json::value { return s.client_secret.empty() ? "" : "***"; }},
        integer("latency_min_ms", &settings::latency_min_ms),
        integer("latency_max_ms", &settings::latency_max_ms),
        integer("search_stale_ms", &settings::search_stale_ms),
        integer("offset_base", &settings::offset_base),
        text("site_nesting", &settings::site_nesting),
        text("numbers", &settings::numbers),
        {"line_guard", [](settings& s, const json::value& v) { s.line_guard = v.as_bool(); },
         [](const settings& s) -> json::value { return s.line_guard; }},
        {"prices", [](settings& s, const json::value& v) { s.prices = read_prices(v.as_object()); },
         [](const settings& s) -> json::value {
             json::object all_prices;
             for (const auto& [code, price] : s.prices) all_prices[code] = price;
             return all_prices;
         }},
        {"not_sold",
         [](settings& s, const json::value& v) {
             std::set<std::string, std::less<>> codes;
             for (const auto& code : v.as_array()) codes.emplace(code.as_string());
             s.not_sold = std::move(codes);
         },
         [](const settings& s) -> json::value {
             json::array codes;
             for (const auto& code : s.not_sold) codes.push_back(json::value(code));
             return codes;
         }},
        {"outage", [](settings& s, const json::value& v) { s.outage = v.as_bool(); },
         [](const settings& s) -> json::value { return s.outage; }},
        {"faults",
         [](settings& s, const json::value& v) {
             std::vector<fault> faults;
             for (const auto& f : v.as_array()) faults.push_back(read_fault(f.as_object()));
             s.faults = std::move(faults);
         },
         [](const settings& s) -> json::value {
             json::array all_faults;
             for (const auto& f : s.faults)
                 all_faults.push_back(json::object{{"operation", f.operation},
                                                   {"answer", f.answer},
                                                   {"after", f.after},
                                                   {"probability", f.probability},
                                                   {"every", f.every},
                                                   {"times", f.times},
                                                   {"retry_after", f.retry_after},
                                                   {"delay_ms", f.delay_ms}});
             return all_faults;
         }},
    };
    return all;
}

}

void apply(settings& target, const json::object& changes)
{
    settings changed = target;
    for (const auto& [key, value] : changes) {
        const member* found = nullptr;
        for (const auto& m : members())
            if (m.name == key) found = &m;
        if (!found) {
            std::string names;
            for (const auto& m : members()) names += (names.empty() ? "" : ", ") + std::string(m.name);
            throw std::invalid_argument("there is no setting \"" + std::string(key) + "\"; there are " + names);
        }
        try {
            found->read(changed, value);
        } catch (const std::invalid_argument&) {
            throw;
        } catch (const std::exception&) {
            throw std::invalid_argument("the setting \"" + std::string(key) + "\" cannot be " + json::serialize(value));
        }
    }
    if (changed.offset_base != 0 && changed.offset_base != 1) throw std::invalid_argument("offset_base is 0 or 1");
    if (changed.progress_max_ms < changed.progress_min_ms)
        throw std::invalid_argument("progress_max_ms is below progress_min_ms");
    if (changed.latency_max_ms < changed.latency_min_ms)
        throw std::invalid_argument("latency_max_ms is below latency_min_ms");
    target = std::move(changed);
}

json::object to_json(const settings& s)
{
    json::object out;
    for (const auto& m : members()) out[m.name] = m.write(s);
    return out;
}

std::optional<fault> strike(settings& s, const std::string& operation, std::mt19937_64& random)
{
    for (auto& f : s.faults) {
        if (f.operation != "*" && f.operation != operation) continue;
        ++f.seen;
        if (f.times == 0) continue;
        bool hit =
            f.every > 0 ? f.seen % f.every == 0 : std::uniform_real_distribution<double>(0, 1)(random) < f.probability;
        if (!hit) continue;
        if (f.times > 0) --f.times;
        return f;
    }
    return std::nullopt;
}

}
