#pragma once
#include "orderd/store/orders.hpp"
#include "orderd/submission/resolution.hpp"
#include "verbs.hpp"

#include <optional>
#include <string>

// An order code that a person names, held against the provider: a person errs in writing, and in lines.
namespace orderd::cli {

struct named_code {
    std::optional<order_code> code; // as the provider writes it; nothing: it cannot be taken for the order, because
    submission::objection why;
    int exit = all_well;
};
/// Asks the provider for the order of that code. What is of another type or for another line or site cannot be taken;
/// what it does not tell only where a person is `sure` and the search lists it.
named_code look_up_code(const surroundings&, store::session&, const std::string& typed, const store::doubtful_order&,
                        const submission::shown_evidence&, bool sure);

}
