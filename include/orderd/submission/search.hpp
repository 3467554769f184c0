#pragma once
#include "orderd/provider/api.hpp"
#include "orderd/store/order_store.hpp"
#include "orderd/submission/controls.hpp"
#include "orderd/submission/evidence.hpp"

#include <span>
#include <string>
#include <string_view>
#include <vector>

// One search of the provider for an order in doubt: everything it found, and what that comes to.
namespace orderd::submission {

/// What a search brought.
struct search_evidence {
    std::string asked; // "lineId CAF1234567890"
    std::vector<judged_element> elements;
    std::vector<std::string> without_key; // elements that cannot be named, and why
    std::string unusable;                 // why the answer, or a page of it, could not be used; "" when it could
    std::string none_told_as;             // "none" was told by this error; "" when it was an empty list
    std::string not_heeded;               // a sign that the search is not for our line or site alone
    std::string elsewhere;                // an order in progress that may be ours, and that the search does not show,
    bool elsewhere_unread = false;        // and whose detail could not be read
    control positive, negative;           // asked when nothing was found that may be ours
};

/// How many of its elements have this verdict.
long count(const search_evidence&, verdict);

/// What all of it together comes to. A line of the table each; the first whose condition holds decides.
enum class finding {
    inconclusive, // no answer can be drawn from it: ask again
    one_ours,
    perhaps_ours, // a person looks
    several_ours,
    not_there,           // and controls vouch for that
    not_there_unvouched, // and no control was possible
};
std::string_view name(finding); // "inconclusive", "one_ours", …
struct finding_rule {
    std::string_view id;
    finding then;
    bool (*holds)(const search_evidence&);
};
std::span<const finding_rule> finding_rules();
finding read(const search_evidence&, std::span<const finding_rule> = finding_rules());

/// How far a search looks.
struct search_depth {
    std::span<const evidence_rule> rules = evidence_rules();
    std::size_t details = 40; // that one search asks for; where there are more candidates, a person looks
    bool as_last = false;     // whatever was searched before: with a control before it, and the list of what is in
                              // progress as a second opinion
};

/// Asks the provider. Errors: the provider cannot be asked now (no connection, 5xx, time-out, 401 …); everything that
/// was answered is evidence, also when it cannot be used.
asio::awaitable<provider::result<search_evidence>> search_provider(provider::api&, store::order_store&, controls&,
                                                                   store::doubtful_order, search_depth = {});

}
