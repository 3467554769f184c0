#pragma once
#include "orderd/store/inspect.hpp"
#include "status_pages.hpp"

#include <string>

// An order that may exist at the provider, and a person's decision about it, on the status page.
namespace orderd::service {

/// What the last search found, and the three decisions; "" for an order that is neither in doubt nor held after it.
/// With `confirm` in the query: why that decision goes against what was found, and a second button.
std::string resolve_section(store::session&, const page_request&, const store::found_order&);

/// `as`: "ours" (with `code`), "not_created" or "give_up"; `evidence`: the search that was shown; `sure`: confirmed.
decision_outcome resolve_on_page(store::session&, const store::found_order&, const query_values&,
                                 const std::string& operator_name);

}
