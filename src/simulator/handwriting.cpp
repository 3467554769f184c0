#include "orderd/simulator/handwriting.hpp"

#include <algorithm>
#include <cmath>

// Numbers and lists. Days and names have files of their own: written_day.cpp, written_name.cpp.
namespace orderd::simulator {
namespace {

std::string in_full_width(std::string_view digits)
{
    std::string out;
    for (char digit : digits) out += std::string("\xEF\xBC") + static_cast<char>(0x90 + (digit - '0'));
    return out;
}

/// 1.0 and 1e0, where a JSON library writes 1E0. Days are too large to be told with an exponent.
std::string literal(double value, const handwriting& hand)
{
    if (std::trunc(value) != value || std::abs(value) > 9e15) return json::serialize(json::value(value));
    bool exponent = hand.numbers == "exponent" && std::abs(value) < 1'000'000;
    return std::to_string(static_cast<long long>(value)) + (exponent ? "e0" : ".0");
}

void append(std::string& out, const json::value& v, const handwriting& hand)
{
    if (auto* members = v.if_object()) {
        out += '{';
        for (const auto& [key, value] : *members) {
            if (out.back() != '{') out += ',';
            out += json::serialize(json::string(key)) + ':';
            append(out, value, hand);
        }
        out += '}';
    } else if (auto* elements = v.if_array()) {
        out += '[';
        for (const auto& element : *elements) {
            if (&element != &elements->front()) out += ',';
            append(out, element, hand);
        }
        out += ']';
    } else if (auto* number = v.if_double())
        out += literal(*number, hand);
    else
        out += json::serialize(v);
}

}

const std::initializer_list<std::string_view>& number_forms()
{
    static const std::initializer_list<std::string_view> all{"sample",          "strings",     "integers", "decimals",
                                                             "decimal_strings", "zero_padded", "spaced",   "exponent",
                                                             "full_width",      "words"};
    return all;
}

const std::initializer_list<std::string_view>& envelope_forms()
{
    static const std::initializer_list<std::string_view> all{
        "array",  "orders",       "order", "result",      "data",       "items",  "with_total",
        "errors", "empty_object", "null",  "null_member", "empty_body", "message"};
    return all;
}

const std::initializer_list<std::string_view>& unusable_forms()
{
    static const std::initializer_list<std::string_view> all{"errors",      "empty_object", "null",
                                                             "null_member", "empty_body",   "message"};
    return all;
}

json::value written_number(std::string_view digits, bool integer_in_sample, const handwriting& hand)
{
    if (digits.empty()) return nullptr;
    const auto& form = hand.numbers;
    std::string text(digits);
    bool whole = digits.size() < 16 && digits.find_first_not_of("0123456789") == digits.npos;
    if (!whole) return json::string(text);
    if (form == "integers" || (form == "sample" && integer_in_sample)) return std::stoll(text);
    if (form == "decimals" || form == "exponent") return std::stod(text);
    if (form == "decimal_strings") text += ".0";
    if (form == "zero_padded") text = "0" + text;
    if (form == "spaced") text = " " + text + " ";
    if (form == "full_width") text = in_full_width(digits);
    if (form == "words") text = "受付中";
    return json::string(text);
}

json::value unusable_list(std::string_view form, std::string_view member)
{
    constexpr std::string_view excuse = "ただいまご利用いただけません。";
    if (form == "errors")
        return json::object{{"errors", json::array{json::object{{"errorCode", "5000101"},
                                                                {"errorMessage", excuse},
                                                                {"developerMessage", excuse},
                                                                {"moreInfo", nullptr},
                                                                {"requestId", "apigwnode01-52047-8823559-84"}}}}};
    if (form == "empty_object") return json::object{};
    if (form == "null_member") return json::object{{member, nullptr}};
    if (form == "empty_body") return json::string();
    if (form == "message") return json::object{{"message", excuse}};
    return nullptr;
}

json::value written_list(json::array elements, const handwriting& hand)
{
    const auto& form = hand.list_envelope;
    if (form == "array") return elements;
    if (std::find(unusable_forms().begin(), unusable_forms().end(), form) != unusable_forms().end())
        return unusable_list(form, "orders");
    if (form == "with_total") {
        auto total = elements.size();
        return json::object{{"total", total}, {"orders", std::move(elements)}};
    }
    return json::object{{form, std::move(elements)}};
}

std::string written_text(const json::value& v, const handwriting& hand)
{
    if (auto* text = v.if_string(); text && text->empty()) return {};
    bool has_decimals = hand.numbers == "decimals" || hand.numbers == "exponent" || hand.days == "decimal";
    if (!has_decimals) return json::serialize(v);
    std::string out;
    append(out, v, hand);
    return out;
}

}
