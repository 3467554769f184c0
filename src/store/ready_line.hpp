#pragma once
#include "refused_rows.hpp"

namespace orderd::store {

/// The line of ready orders as one instance claims from it, one claim at a time.
class ready_line {
public:
    explicit ready_line(logger& log)
        : refused_(log, "claim"),
          left_open_(log,
                     "orders were made ready although they may exist at the provider; they are searched for, not sent")
    {
    }
    /// As claim_orders, but for those that are not to be sent, going on where the claim before ended.
    std::vector<claimed_order> claim(session&, instance_id owner, int limit, bool probe, milliseconds settle_time);
    /// As next_due, of the orders that can be claimed.
    std::optional<milliseconds> next_due(session&);

private:
    static constexpr int least_group = 16; // smaller claims are few, and always begin with the oldest
    std::vector<claimed_order> claim_from(session&, claim_cursor& from, instance_id owner, int limit, bool probe,
                                          milliseconds settle_time);
    void begin_anew_each_minute();

    refused_rows refused_;
    trouble_count left_open_;
    claim_cursor claimed_to_;
    std::chrono::steady_clock::time_point begins_anew_{};
};

}
