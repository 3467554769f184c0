#pragma once
#include "orderd/core/catalogue.hpp"
#include "orderd/core/order_request.hpp"
#include "orderd/provider/answers.hpp"

#include <string>
#include <string_view>

// JSON in and out: sent strictly, accepted liberally. A decoder gives nothing when the text is not JSON or not of the
// expected shape; the caller keeps the raw text.
namespace orderd::provider {

/// The body of POST /orders (RULINGS W1): optional members that are empty are left out.
std::string encode(const order_request&);
std::string encode_token_request(const std::string& client_id, const std::string& client_secret);

struct token_answer {
    std::string access_token;
    std::chrono::seconds expires_in{3600}; // RULINGS T3
};
std::optional<token_answer> decode_token(std::string_view json);
std::optional<std::vector<product>> decode_products(std::string_view json);
std::optional<std::vector<order_summary>> decode_orders(std::string_view json);
std::optional<order_detail> decode_order(std::string_view json);
std::optional<std::vector<site_summary>> decode_sites(std::string_view json);
std::optional<site_detail> decode_site(std::string_view json);
/// The orderCode of a 201; nothing when there is none.
std::optional<order_code> decode_created(std::string_view json);
/// Both shapes of an error body (RULINGS T8); empty when it is neither.
std::vector<api_error> decode_errors(std::string_view json);
/// Retry-After: seconds or an HTTP date, counted from `now`.
std::optional<std::chrono::seconds> parse_retry_after(std::string_view value,
                                                      std::chrono::system_clock::time_point now);

}
