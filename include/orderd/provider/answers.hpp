#pragma once
#include "orderd/core/ids.hpp"

#include <boost/system/result.hpp>
#include <chrono>
#include <optional>
#include <string>
#include <utility>
#include <vector>

// What the provider says, as values. Texts are kept as they came; "" stands for absent, null and "" alike (RULINGS R2).
namespace orderd::provider {

/// One element of `errors`, or the gateway's flat object.
struct api_error {
    std::string code, message, developer_message, more_info, request_id;
};

/// Why a call brought no usable answer. The names follow RULINGS, "Outcome of a POST /orders".
struct failure {
    enum class what_happened {
        kept_back, // `may_send` said no: nothing was tried
        not_sent,  // the request did not go out
        unknown,   // it may have been processed: time-out, broken connection
        unusable,  // an answer that cannot be parsed, a 4xx that does not say why, or a 2xx without what it should hold
        refused,   // 400 that says why, with an error of the API
        unauthorized, // 401, also after one new token; or the token call said no
        forbidden,    // 403, 404: configuration or contract
        not_found,    // 400 with 4000137 or 404 on a GET of one thing
        throttled,    // 408, 429, or the gateway's rate limit whatever the status: not processed
        redirected,   // 3xx: never followed; configuration or contract, and it may have been processed
        server_error, // 5xx: it may have been processed
    };
    what_happened kind = what_happened::unknown;
    int status = 0; // HTTP status, 0 without an answer
    std::vector<api_error> errors;
    std::string raw;  // the body, at most 4 KiB, when it could not be parsed
    std::string text; // for a person
    std::optional<std::chrono::seconds> retry_after;
    bool answer_begun = false;        // an answer began, and broke off
    bool credentials_refused = false; // by the token call: nothing can be asked
    bool no_descriptors = false;      // of this process: it may open no more files
    std::string asked{};              // the URL, where the answer makes one doubt that it is the API's
};
std::string_view name(failure::what_happened);
/// "4000139 アクセス回線状態エラー…" of the first error, or the text; and the URL where that may be what is wrong.
std::string summary(const failure&);
/// Whether a failure says that the provider could not be asked now, rather than that it answered something else than
/// was asked for.
bool cannot_be_asked(const failure&);
/// Whether nothing came at all, which says nothing about what was asked for.
bool not_answered(const failure&);
/// The first requestId there is.
std::string request_id(const failure&);

[[noreturn]] void throw_exception_from_error(const failure&, const boost::source_location&);

template <class T>
using result = boost::system::result<T, failure>;

struct order_contract {
    std::string product_code, product_name, product_type, status, error_message;
    std::string change_type{}; // 1 added, 3 removed; the document does not have it here
};

/// Whether a status says that an order has ended: 2 to 5.
bool ended(std::string_view status);

/// An element of GET /orders. Types and statuses are plain digits wherever they are numbers at all (RULINGS R12); days
/// are as they came (see day_told).
struct order_summary {
    order_code code;
    std::string order_type, change_type, customer_site_code, customer_site_name, status, application_date,
        hope_to_start_at, hope_to_end_at;
    std::vector<std::string> unreadable; // members that are told, as an object or a list: nobody knows what they say
    bool operator==(const order_summary&) const = default;
};

using named_values = std::vector<std::pair<std::string, std::string>>;

/// GET /orders/{orderCode}.
struct order_detail : order_summary {
    std::string customer_code, overwrite_check_flag, case_name, line_bundle_type, line_type, line_id, line_access_key,
        terminal_bundle_type, global_ip;
    std::vector<order_contract> contracts;
    bool contracts_unreadable = false; // there is more than was read of them
    // The objects as they are, member by member.
    named_values installation_location, terminal_destination, lan_address, dhcp_server_function, ipip_param;
};

struct site_contract {
    std::string product_code, product_name, product_type, start_at, end_at;
};

/// GET /customerSites/{customerSiteCode}, both nestings (RULINGS R7). `values` holds every other text member by its API
/// name, the secrets too.
struct site_detail {
    site_code code;
    named_values values;
    std::vector<site_contract> contracts;
    bool too_many_contracts = false; // there are more than were read
    named_values installation_location, lan_address, dhcp_server_function, ipip_param;
    const std::string& value(std::string_view api_name) const;
};

/// An element of GET /customerSites: what tells which sites there are. The other members are read with the detail.
struct site_summary {
    site_code code;
    std::string name, case_name, status, line_id, start_at, end_at;
    bool operator==(const site_summary&) const = default;
};

/// The members that are secrets, by their API names.
bool secret_site_member(std::string_view api_name);

}
