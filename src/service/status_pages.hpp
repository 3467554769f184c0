#pragma once
#include "operations.hpp"
#include "orderd/store/inspect.hpp"
#include "orderd/store/results.hpp"
#include "page_parts.hpp"

#include <map>
#include <optional>
#include <string>

// The pages, made from one look at the database; blocking, on a database thread.
namespace orderd::service {

using query_values = std::map<std::string, std::string>;
inline std::string value_of(const query_values& query, const std::string& name)
{
    auto at = query.find(name);
    return at == query.end() ? "" : at->second;
}

/// A number in a path or query; 0 for any other text.
inline std::int64_t number_in(const std::string& text)
{
    bool number = !text.empty() && text.size() < 18 && text.find_first_not_of("0123456789") == text.npos;
    return number ? std::stoll(text) : 0;
}

/// What came of a decision: done (both empty), refused with words, or to be confirmed on a page.
struct decision_outcome {
    std::string refused, confirm_at;
};

struct page_request {
    viewer in;
    query_values query;
    live_figures live;
    std::string latency; // of the provider's operations, a table that is HTML already
    double requests_per_second = 0;
};

std::string overview_page(store::session&, const page_request&);
/// Nothing where there is no such batch or order.
std::optional<std::string> batch_page(store::session&, const page_request&, std::int64_t batch,
                                      const std::string& directory);
std::string orders_page(store::session&, const page_request&);
std::optional<std::string> order_page(store::session&, const page_request&, const std::string& word);

/// The answer file of a batch that may be handed out: "result" or "summary" (a rejected file holds access keys).
/// Nothing where the batch is not of `directory`.
std::optional<std::string> answer_file_of(store::session&, std::int64_t batch, const std::string& what,
                                          const std::string& directory);

}
