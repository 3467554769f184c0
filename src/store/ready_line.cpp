#include "ready_line.hpp"

namespace orderd::store {

std::vector<claimed_order> ready_line::claim(session& s, instance_id owner, int limit, bool probe,
                                             milliseconds settle_time)
{
    claim_cursor beginning;
    if (probe) {
        auto from = probe_candidate(s);
        auto got = claim_from(s, from, owner, limit, probe, settle_time);
        if (!got.empty()) return got; // else it was taken by another meanwhile
    }
    if (limit < least_group) return claim_from(s, beginning, owner, limit, probe, settle_time);
    begin_anew_each_minute();
    bool in_the_midst = claimed_to_ != beginning;
    auto got = claim_from(s, claimed_to_, owner, limit, probe, settle_time);
    if (got.empty() && in_the_midst) got = claim_from(s, claimed_to_, owner, limit, probe, settle_time);
    return got;
}

std::vector<claimed_order> ready_line::claim_from(session& s, claim_cursor& from, instance_id owner, int limit,
                                                  bool probe, milliseconds settle_time)
{
    auto take = [&](int size, const std::string& without) {
        return claim_orders(s, owner, size, probe, settle_time, from, without);
    };
    auto first = [&](const std::string& without) { return first_to_claim(s, from, without); };
    auto got = refused_.take(s, limit, take, first);
    auto open = std::erase_if(got, [this](const claimed_order& order) {
        if (order.left_open) left_open_.add(order.id.value, "");
        return order.left_open;
    });
    if (open > 0) left_open_.tell();
    return got;
}

std::optional<milliseconds> ready_line::next_due(session& s) { return store::next_due(s, refused_.numbers()); }

/// What became ready out of turn need not wait for the end of a long line.
void ready_line::begin_anew_each_minute()
{
    auto now = std::chrono::steady_clock::now();
    if (now < begins_anew_) return;
    begins_anew_ = now + std::chrono::minutes(1);
    claimed_to_ = {};
}

}
