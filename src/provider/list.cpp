#include "list.hpp"
#include "around_list.hpp"
#include "json_names.hpp"
#include "orderd/core/text.hpp"
#include "readable.hpp"

#include <algorithm>

namespace orderd::provider {
namespace {

/// Names that say "here is what you asked for", whatever was asked for.
constexpr std::string_view any_list[] = {"result",  "results", "data",     "items", "list",
                                         "content", "records", "elements", "rows",  "response"};

}

bool list_name(std::string_view member, const std::vector<std::string_view>& names)
{
    auto name = folded(member);
    return std::find(names.begin(), names.end(), name) != names.end() ||
           std::find(std::begin(any_list), std::end(any_list), name) != std::end(any_list);
}

std::string too_much(const list_bounds& most, std::size_t elements, std::size_t bytes)
{
    if (elements > most.elements)
        return "a list too long: it has more than " + std::to_string(most.elements) + " elements";
    if (bytes > most.bytes)
        return "a list too long: more than " + std::to_string(most.bytes >> 20) + " MiB of it would have to be kept";
    return {};
}

const json::array* list_in(const json::value& v, const std::vector<std::string_view>& names)
{
    if (auto* a = v.if_array()) return a;
    auto* o = v.if_object();
    if (!o || tells_error(*o)) return nullptr;
    const json::array* only = nullptr;
    for (const auto& [key, value] : *o) {
        auto* a = value.if_array();
        if (!a) continue;
        if (only || !list_name(key, names)) return nullptr;
        only = a;
    }
    return only;
}

std::string shape_of(std::string_view body)
{
    if (body.find_first_not_of(" \t\r\n") == body.npos) return "an empty body";
    if (too_many_values(body, most_values_of_one)) return "more than " + std::to_string(most_values_of_one) + " values";
    auto v = parsed(body);
    if (auto twice = v ? std::nullopt : name_told_twice(body))
        return "it tells \"" + printable(*twice, 60) + "\" twice";
    if (!v) return "no JSON";
    if (v->is_null()) return "null";
    if (v->is_array()) return "a list";
    auto* o = v->if_object();
    if (!o) return "a single value";
    if (o->empty()) return "an empty object";
    std::string names;
    for (const auto& [key, value] : *o) {
        if (names.size() > 100) break;
        names += (names.empty() ? "" : ", ") + beginning(name_of(key), 100);
    }
    return std::string(tells_error(*o) ? "an object that tells an error (" : "an object with ") + names +
           (tells_error(*o) ? ")" : "");
}

}
