#include "settings.hpp"

#include <algorithm>
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

template <class S, class T>
auto& part(S& s, T settings::*at)
{
    return s.*at;
}
template <class S, class T>
auto& part(S& s, T handwriting::*at)
{
    return s.hand.*at;
}

int whole(const json::value& v) { return v.to_number<int>(); }

template <class Owner>
member integer(std::string_view name, int Owner::*at)
{
    return {name, [at](settings& s, const json::value& v) { part(s, at) = whole(v); },
            [at](const settings& s) -> json::value { return part(s, at); }};
}
/// Of the requests or orders: 0 to 1.
member share(std::string_view name, double settings::*at)
{
    return {name,
            [at, name](settings& s, const json::value& v) {
                s.*at = v.to_number<double>();
                if (!(s.*at >= 0 && s.*at <= 1)) throw std::invalid_argument(std::string(name) + " is 0 to 1");
            },
            [at](const settings& s) -> json::value { return s.*at; }};
}
member text(std::string_view name, std::string settings::*at)
{
    return {name, [at](settings& s, const json::value& v) { s.*at = std::string(v.as_string()); },
            [at](const settings& s) -> json::value { return json::string(s.*at); }};
}
template <class Owner>
member flag(std::string_view name, bool Owner::*at)
{
    return {name, [at](settings& s, const json::value& v) { part(s, at) = v.as_bool(); },
            [at](const settings& s) -> json::value { return part(s, at); }};
}

using forms = std::vector<std::string_view>;

/// A text that is one of `known`.
template <class Owner>
member choice(std::string_view name, std::string Owner::*at, forms known)
{
    return {name,
            [at, name, known = std::move(known)](settings& s, const json::value& v) {
                auto* given = v.if_string();
                if (!given || std::find(known.begin(), known.end(), std::string_view(*given)) == known.end()) {
                    std::string names;
                    for (auto form : known) names += (names.empty() ? "" : ", ") + std::string(form);
                    throw std::invalid_argument("the setting \"" + std::string(name) + "\" cannot be " +
                                                json::serialize(v) + "; there are " + names);
                }
                part(s, at) = std::string(*given);
            },
            [at](const settings& s) -> json::value { return json::string(part(s, at)); }};
}

/// "list", or one of those that say nothing.
forms list_answers()
{
    forms all{"list"};
    all.insert(all.end(), unusable_forms().begin(), unusable_forms().end());
    return all;
}

std::vector<int> read_informational(const json::array& statuses)
{
    std::vector<int> out;
    for (const auto& status : statuses) {
        out.push_back(whole(status));
        if (out.back() < 100 || out.back() > 199 || out.back() == 101 || out.size() > 16)
            throw std::invalid_argument("informational is a list of at most 16 statuses from 100 to 199, without 101, "
                                        "such as [100] or [103, 103]");
    }
    return out;
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
        choice("site_nesting", &settings::site_nesting, forms{"inside", "beside"}),
        choice("days", &handwriting::days, day_forms()),
        choice("names", &handwriting::names, name_forms()),
        choice("numbers", &handwriting::numbers, number_forms()),
        choice("list_envelope", &handwriting::list_envelope, envelope_forms()),
        choice("none_as", &handwriting::none_as, forms{"list", "4000137", "404"}),
        integer("limit_cap", &handwriting::limit_cap),
        choice("detail_contracts", &handwriting::detail_contracts, forms{"ordered", "none", "site"}),
        flag("filters_ignored", &handwriting::filters_ignored),
        choice("products_answer", &settings::products_answer, list_answers()),
        choice("sites_answer", &settings::sites_answer, list_answers()),
        choice("change_type_told", &settings::change_type_told, forms{"order", "none", "product"}),
        flag("split_changes", &settings::split_changes),
        {"informational", [](settings& s, const json::value& v) { s.informational = read_informational(v.as_array()); },
         [](const settings& s) -> json::value { return json::value_from(s.informational); }},
        share("foreign_orders", &settings::foreign_orders),
        share("foreign_cancelled", &settings::foreign_cancelled),
        flag("line_guard", &settings::line_guard),
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
        flag("outage", &settings::outage),
        {"faults",
         [](settings& s, const json::value& v) {
             std::vector<fault> faults;
             for (const auto& f : v.as_array()) faults.push_back(read_fault(f.as_object()));
             s.faults = std::move(faults);
         },
         [](const settings& s) -> json::value {
             json::array all_faults;
             for (const auto& f : s.faults) all_faults.push_back(to_json(f));
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
    if (changed.hand.limit_cap < 0) throw std::invalid_argument("limit_cap is 0 (no cap) or more");
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

}
