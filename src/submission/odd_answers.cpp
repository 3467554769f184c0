#include "orderd/submission/odd_answers.hpp"

#include <string_view>

namespace orderd::submission {
namespace {

constexpr std::size_t most_by_name = 10;    // further ones are counted
constexpr std::size_t most_known = 100'000; // beyond, all are forgotten and told again

/// What is odd about an answer to an order; "" for nothing.
std::string_view words_for(const provider::failure& failed, bool limited_alone)
{
    using what = provider::failure::what_happened;
    if (limited_alone)
        return "the provider tells an order to slow down each time while it takes others; it is sent again after a "
               "growing pause, others go on";
    if (failed.kind == what::forbidden || (failed.kind == what::unauthorized && !failed.credentials_refused))
        return "the provider refused an order in a way that is not about the order; it is sent again after a growing "
               "pause, others go on";
    if (failed.kind == what::unusable || failed.kind == what::redirected || failed.answer_begun)
        return "the provider's answer to an order cannot be used; the order is searched for, others go on";
    return {};
}

}

void odd_answers::tell(order_id order, const provider::failure& failed, bool limited_alone)
{
    auto words = words_for(failed, limited_alone);
    if (words.empty()) return;
    if (named_.size() >= most_known) named_.clear();
    if (!named_.insert(order).second) return;
    auto write = named_.size() <= most_by_name ? &logger::write : &logger::write_seldom;
    (log_.*write)(log_level::warning, words,
                  {{"order", order.value}, {"http_status", failed.status}, {"answer", provider::summary(failed)}});
}

}
