#include "json_members.hpp"
#include "json_names.hpp"
#include "orderd/core/encoding.hpp"
#include "orderd/core/text.hpp"
#include "orderd/provider/told.hpp"
#include "readable.hpp"

#include <algorithm>
#include <charconv>

namespace orderd::provider {
namespace {

/// Half of a surrogate pair, \\uD83D without its other half, becomes \\uFFFD.
void replace_half_pairs(std::string& text)
{
    auto unit_at = [&](std::size_t at) -> int { // the UTF-16 unit of the escape at `at`, -1: none
        if (at + 6 > text.size() || text[at] != '\\' || text[at + 1] != 'u') return -1;
        unsigned value = 0;
        auto [end, error] = std::from_chars(text.data() + at + 2, text.data() + at + 6, value, 16);
        return error == std::errc() && end == text.data() + at + 6 ? static_cast<int>(value) : -1;
    };
    for (std::size_t at = 0; (at = text.find('\\', at)) != text.npos; at += 2) {
        int unit = unit_at(at);
        bool high = unit >= 0xD800 && unit < 0xDC00, low = unit >= 0xDC00 && unit < 0xE000;
        int next = high ? unit_at(at + 6) : -1;
        if (high && next >= 0xDC00 && next < 0xE000)
            at += 10;
        else if (high || low)
            text.replace(at, 6, "\\uFFFD");
    }
}

std::optional<json::value> only_if(bool good, json::value value)
{
    return good ? std::optional(std::move(value)) : std::nullopt;
}

}

bool too_many_values(std::string_view text, std::size_t most)
{
    if (text.size() <= most) return false;
    return std::count_if(text.begin(), text.end(), [](char c) { return c == ',' || c == '[' || c == '{'; }) >
           static_cast<std::ptrdiff_t>(most);
}

std::optional<json::value> parsed(std::string_view text, std::size_t most)
{
    if (too_many_values(text, most)) return std::nullopt;
    boost::system::error_code error;
    auto mark = byte_order_mark(encoding::utf8_bom);
    if (text.starts_with(mark)) text.remove_prefix(mark.size());
    auto value = json::parse(text, error);
    if (!error) return only_if(!name_told_twice(text), std::move(value));
    if (text.size() > most_repaired) return std::nullopt;
    auto again = repaired(text);
    if (again == text) return std::nullopt;
    value = json::parse(again, error);
    return only_if(!error && !name_told_twice(again), std::move(value));
}

std::string repaired(std::string_view text)
{
    auto out = readable(text);
    replace_half_pairs(out);
    return out;
}

std::string scalar(const json::value& v)
{
    if (auto* s = v.if_string()) {
        std::string out(*s);
        replace_nul(out); // the database cannot hold it (RULINGS T17)
        return out;
    }
    if (auto* i = v.if_int64()) return std::to_string(*i);
    if (auto* u = v.if_uint64()) return std::to_string(*u);
    if (auto* b = v.if_bool()) return *b ? "true" : "false";
    if (v.is_double()) return json::serialize(v);
    return {};
}

std::string text(const json::object& from, std::string_view member)
{
    auto* v = from.if_contains(member);
    if (!v) return {};
    // What comes from XML may be a list of one.
    if (auto* list = v->if_array(); list && list->size() == 1) v = &list->front();
    return scalar(*v);
}

bool beyond_text(const json::object& from, std::string_view member)
{
    return tells(from, member) && text(from, member).empty() && !from.at(member).is_string();
}

std::optional<long> number(const json::object& from, std::string_view member)
{
    auto value = told_number(text(from, member));
    if (!value || *value > 999'999'999'999'999) return std::nullopt;
    return static_cast<long>(*value);
}

std::string key(const json::object& from, std::string_view member)
{
    auto* v = from.if_contains(member);
    bool whole = v && (v->is_string() || v->is_int64() || v->is_uint64());
    return whole ? trimmed(scalar(*v)) : std::string();
}

const json::object* object_in(const json::object& from, std::string_view member)
{
    auto* v = from.if_contains(member);
    return v ? v->if_object() : nullptr;
}

std::string name_of(std::string_view member)
{
    std::string name(member);
    replace_nul(name);
    return name;
}

named_values scalars(const json::object* from)
{
    named_values out;
    if (!from) return out;
    for (const auto& [key, value] : *from)
        if (!value.is_object() && !value.is_array())
            if (auto t = scalar(value); !t.empty()) out.emplace_back(name_of(key), std::move(t));
    return out;
}

bool tells(const json::object& from, std::string_view member)
{
    auto* v = from.if_contains(member);
    if (!v || v->is_null()) return false;
    if (auto* s = v->if_string()) return !s->empty();
    if (auto* a = v->if_array()) return !a->empty();
    if (auto* o = v->if_object()) return !o->empty();
    return true;
}

bool tells_error(const json::object& o)
{
    static constexpr std::string_view members[] = {"errors", "error", "errorCode", "errorMessage", "fault", "message"};
    return std::any_of(std::begin(members), std::end(members), [&](auto member) { return tells(o, member); });
}

}
