#include "json_members.hpp"
#include "orderd/core/encoding.hpp"
#include "orderd/core/text.hpp"
#include "orderd/provider/told.hpp"

#include <algorithm>
#include <charconv>

namespace orderd::provider {
namespace {

/// The text with U+FFFD for every byte that is no UTF-8.
std::string with_replacements(std::string_view bytes)
{
    std::string out;
    while (!bytes.empty()) {
        std::size_t length = 1;
        while (length < 4 && length < bytes.size() && (static_cast<unsigned char>(bytes[length]) & 0xC0) == 0x80)
            ++length;
        auto one = bytes.substr(0, length);
        if (valid_utf8(one))
            out.append(one);
        else {
            out += "\xEF\xBF\xBD";
            length = 1;
        }
        bytes.remove_prefix(length);
    }
    return out;
}

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

}

std::optional<json::value> parsed(std::string_view text)
{
    boost::system::error_code error;
    auto mark = byte_order_mark(encoding::utf8_bom);
    if (text.starts_with(mark)) text.remove_prefix(mark.size());
    auto value = json::parse(text, error);
    if (!error) return value;
    // An answer in Windows' Shift_JIS, or with a broken character, still says what it says (RULINGS T17).
    std::optional<std::string> readable(text);
    if (!valid_utf8(text)) readable = to_utf8(text, encoding::cp932);
    if (!readable) readable = with_replacements(text);
    replace_half_pairs(*readable);
    value = json::parse(*readable, error);
    if (error) return std::nullopt;
    return value;
}

std::string scalar(const json::value& v)
{
    if (auto* s = v.if_string()) {
        std::string out(*s);
        constexpr std::string_view instead = "\xEF\xBF\xBD"; // the database cannot hold U+0000 (RULINGS T17)
        for (auto at = out.find('\0'); at != out.npos; at = out.find('\0', at)) out.replace(at, 1, instead);
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

named_values scalars(const json::object* from)
{
    named_values out;
    if (!from) return out;
    for (const auto& [key, value] : *from)
        if (!value.is_object() && !value.is_array())
            if (auto t = scalar(value); !t.empty()) out.emplace_back(std::string(key), std::move(t));
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
