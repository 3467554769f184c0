#pragma once
#include "orderd/provider/answers.hpp"

#include <boost/json.hpp>
#include <optional>
#include <string>
#include <string_view>

// Reading members of parsed JSON as texts.
namespace orderd::provider {

namespace json = boost::json;

/// A value costs many times the memory and time of the few bytes that it may be told with: so many are in no list, and
/// in no answer about one thing.
constexpr std::size_t most_values = 4'000'000, most_values_of_one = 20'000;
bool too_many_values(std::string_view text, std::size_t most);
/// Nothing for what is no JSON, tells a member twice in one object, or holds more values than that.
std::optional<json::value> parsed(std::string_view text, std::size_t most = most_values);
/// What is no JSON as it is, in UTF-8 and with U+FFFD for what is no character (RULINGS T17): an answer in Windows'
/// Shift_JIS, or with a broken character, still says what it says.
std::string repaired(std::string_view text);
/// Repairing a text takes many times as long as reading it.
constexpr std::size_t most_repaired = 8u << 20;
/// A scalar as text: strings as they are, numbers in full, null and absent as "" (RULINGS R1, R2).
std::string scalar(const json::value&);
std::string text(const json::object& from, std::string_view member);
/// Whether a member holds something that text() does not give: an object, or a list of more than one value.
bool beyond_text(const json::object& from, std::string_view member);
/// A member that names something: a text or a whole number, without space around it; "" for what is neither.
std::string key(const json::object& from, std::string_view member);
std::optional<long> number(const json::object& from, std::string_view member);
const json::object* object_in(const json::object& from, std::string_view member);
/// The name of a member, as it can be kept.
std::string name_of(std::string_view member);
/// Every scalar member that tells something.
named_values scalars(const json::object* from);
/// Whether a member is there and tells something: null, "", [] and {} are the same as absent (RULINGS R2).
bool tells(const json::object& from, std::string_view member);
/// Whether an object says that something went wrong instead of what was asked for (RULINGS R10).
bool tells_error(const json::object&);

}
