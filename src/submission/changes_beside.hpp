#pragma once
#include "orderd/store/order_store.hpp"
#include "orderd/submission/search.hpp"

#include <span>
#include <vector>

// Several changes of one site, each with an order of its own at the provider.
namespace orderd::submission {

/// Of several changes of one site that are in doubt here, each has its own order there: what may be this one, and
/// agrees in everything with another of them, is that one's. Only where one agrees in everything with this order, so
/// that nothing is taken for absent by it. `all`: what `into` was judged from.
asio::awaitable<void> look_beside(search_evidence& into, const std::vector<element>& all, store::order_store&,
                                  const store::doubtful_order&, std::span<const evidence_rule>);

}
