#include "orderd/core/text.hpp"
#include "orderd/provider/codec.hpp"
#include "orderd/provider/told.hpp"

#include <algorithm>
#include <iterator>

namespace orderd::provider {
namespace {

/// A text by which programs say that there is none: null, false, 0.
bool means_nothing(std::string_view text)
{
    static constexpr std::string_view words[] = {"null",  "nil",  "none", "undefined", "nan",
                                                 "false", "true", "na",   "unknown",   "error"};
    std::string small(text);
    for (char& c : small)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + ('a' - 'A'));
    return std::find(std::begin(words), std::end(words), small) != std::end(words) ||
           small.find_first_not_of("0-_") == small.npos;
}

}

bool can_be_order_code(std::string_view text)
{
    constexpr std::size_t longest = 64;
    auto letter_or_digit = [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    };
    auto inside = [&](char c) { return letter_or_digit(c) || c == '-' || c == '_'; };
    if (means_nothing(text)) return false;
    return !text.empty() && text.size() <= longest && letter_or_digit(text.front()) && letter_or_digit(text.back()) &&
           std::all_of(text.begin(), text.end(), inside);
}

bool can_be_site_code(std::string_view text)
{
    constexpr std::size_t longest = 256;
    auto printable_sign = [](char c) { return c > ' ' && c < '\x7F'; };
    if (text.empty() || text.size() > longest || !std::all_of(text.begin(), text.end(), printable_sign)) return false;
    for (std::size_t from = 0; from <= text.size();) {
        auto part = text.substr(from, std::min(text.find_first_of("/\\", from), text.size()) - from);
        if (part.empty() || part.find_first_not_of('.') == part.npos) return false;
        from += part.size() + 1;
    }
    return true;
}

bool repeats_request(std::string_view code, const order_request& sent)
{
    auto same = [form = line_form(half_width(code))](const std::string& text) {
        return !text.empty() && line_form(half_width(text)) == form;
    };
    auto has_product = [&](const auto& products, auto code_of) {
        return std::any_of(products.begin(), products.end(), [&](const auto& p) { return same(code_of(p)); });
    };
    auto customer = std::visit([](const auto& o) { return o.customer_code; }, sent);
    if (same(customer) || same(line_or_site(sent))) return true;
    if (const auto* start = std::get_if<start_order>(&sent))
        return same(start->line_access_key) || has_product(start->product_codes, [](const auto& p) { return p; });
    if (const auto* change = std::get_if<change_order>(&sent))
        return has_product(change->products, [](const auto& p) { return p.product_code; });
    return same(wanted_day(sent));
}

}
