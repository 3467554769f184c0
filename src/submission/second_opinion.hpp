#pragma once
#include "orderd/provider/api.hpp"
#include "orderd/store/order_store.hpp"
#include "orderd/submission/controls.hpp"
#include "orderd/submission/search.hpp"

#include <cstddef>
#include <memory>
#include <optional>
#include <vector>

// The provider's list of what is in progress, asked whether it has an order that a search by line or site did not show.
namespace orderd::submission {

class second_opinion {
public:
    /// `most`: details that may be asked for. What is referred to outlives this.
    second_opinion(provider::api&, store::order_store&, controls&, const store::doubtful_order&, std::size_t most);
    /// Notes in `into` an order of our type that is nobody's here and was not there before, whose line or site is ours
    /// or is not told, and that is not among those `shown`; or why the list gives no answer. The list is no older than
    /// `since`. Errors: the provider cannot be asked now.
    asio::awaitable<std::optional<provider::failure>> ask(search_evidence& into, const std::vector<element>& shown,
                                                          timekeeper::time_point since);

private:
    using listed_orders = provider::result<std::optional<orders_in_progress>>;

    asio::awaitable<listed_orders> list(timekeeper::time_point since);
    std::string why_no_answer(const std::optional<orders_in_progress>&, const control& known) const;
    std::vector<element> candidates(const std::vector<provider::order_summary>&,
                                    const std::vector<element>& shown) const;
    asio::awaitable<void> look_at(std::vector<element>&, search_evidence& into, bool names_count);
    bool of_other_type_or_site(const provider::order_summary&) const;
    bool named_so(const provider::order_summary&) const;
    bool surely_named_otherwise(const provider::order_summary&, bool names_count) const;

    provider::api& api_;
    store::order_store& orders_;
    controls& trusted_;
    const store::doubtful_order& order_;
    const start_order* start_; // null: the order is for a site
    std::size_t most_;
    async::turns::turn turn_; // of those who look through a long list, each in its own copy
};

}
