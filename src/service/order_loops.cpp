#include "orderd/service/order_loops.hpp"

#include <algorithm>

namespace orderd::service {

order_loops::order_loops(asio::any_io_executor on, timekeeper& time, store::order_store& orders,
                         const api_maker& make_api, const order_loops_options& o, logger& log, metrics& counters,
                         const std::function<double()>& uniform01)
    : rate(
          time, orders, o.rate, [this] { return lease.instances(); }, log),
      api(make_api([this] { return rate.place(); })),
      recorder(time, orders, log, counters),
      lease(time, orders, o.lease, log),
      breaker(time, orders, *api, o.breaker, log, uniform01),
      submitter(on, time, orders, *api, recorder, lease, breaker, o.submitter, log, uniform01),
      reconciler(on, time, orders, *api, recorder, lease, o.reconciler, log, counters, uniform01),
      tracker(on, time, orders, *api, recorder, self(), o.tracker, log)
{
    submitter.look_first([this] { return tracker.look_at_others(); });
    tracker.judge_codes([this](const store::followed_order& order, const provider::order_detail& told) {
        return code_check.look(order, told);
    });
    recorder.on_commit([this](const std::vector<store::order_move>& moves) {
        auto told_twice = [](const auto& m) { return m.event == order_event::outcome_unknown && !m.code.text.empty(); };
        if (std::any_of(moves.begin(), moves.end(), told_twice)) tracker.wake();
    });
}

void order_loops::configure(const order_loops_options& o)
{
    rate.configure(o.rate);
    submitter.configure(o.submitter);
    reconciler.configure(o.reconciler);
    tracker.configure(o.tracker);
}

}
