#pragma once
#include "json_members.hpp"
#include "orderd/http/message.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace orderd::provider {

/// What an answer tells beside the elements of its list. A list proves by what it does not hold, so whatever may mean
/// that the rest is missing is named.
struct told_around {
    std::optional<long> total; // how many elements there are in all
    std::string against_none;  // the first member that does not fit "there is none", known or not; "" when all do
    std::string against_whole; // the first that tells a failure, or that there is more; "" when none does
};

/// Of the envelope, where there is one; `received`: elements of the pages before.
told_around around_list(const json::value& envelope, std::size_t received);
/// Of the answer's head: X-Total-Count, Link, Content-Range …
told_around around_list(const http::headers&, std::size_t received);

/// Why a list without elements does not say that there is none, "" when it does.
std::string why_not_empty(const told_around&);

/// A member's name without case and signs, so that `customer_sites` and `customerSites` are one.
std::string folded(std::string_view name);

}
