#pragma once
#include <boost/json.hpp>
#include <initializer_list>
#include <string>
#include <string_view>

// How a provider writes what it tells. The document leaves much open (days, widths, types of numbers, what a list is
// wrapped in), and real providers use it. Pure: a plain value in, one of the many ways to put it into JSON out.
namespace orderd::simulator {

namespace json = boost::json;

/// Each member names one way; an unknown name is refused where settings are read.
struct handwriting {
    std::string days = "compact";        // see day_forms()
    std::string names = "as_sent";       // see name_forms()
    std::string numbers = "sample";      // see number_forms()
    std::string list_envelope = "array"; // see envelope_forms(): what GET /orders wraps its elements in
    std::string none_as = "list";        // "list": an empty one; "4000137": 400 with that code; "404"
    int limit_cap = 0;                   // a page never has more elements, whatever `limit` asks for; 0: no cap
    std::string detail_contracts =
        "ordered";                // of an order's detail: "ordered", "none" (left out), "site" (all that the site has)
    bool filters_ignored = false; // GET /orders returns everything, whatever is asked for
};

/// The names that the members above may have, the usual one first.
const std::initializer_list<std::string_view>& day_forms();
const std::initializer_list<std::string_view>& name_forms();
const std::initializer_list<std::string_view>& number_forms();
const std::initializer_list<std::string_view>& envelope_forms();
/// Those of the envelopes that say nothing about what there is.
const std::initializer_list<std::string_view>& unusable_forms();

/// A Japanese day, given as YYYYMMDD; null for "".
json::value written_day(std::string_view yyyymmdd, const handwriting&);
/// A name or other free text of a person; null for "".
json::value written_name(std::string_view utf8, const handwriting&);
/// A status or type, given as digits; null for "". `integer_in_sample`: the document's sample shows it without
/// quotation marks.
json::value written_number(std::string_view digits, bool integer_in_sample, const handwriting&);
/// A list of orders as the body of an answer. Written as text, "" is an empty body.
json::value written_list(json::array elements, const handwriting&);
/// One of unusable_forms(), where a list called `member` is expected.
json::value unusable_list(std::string_view form, std::string_view member);
/// JSON as text. Numbers are written as `numbers` says also where JSON libraries would write them otherwise (1.0).
std::string written_text(const json::value&, const handwriting&);

}
