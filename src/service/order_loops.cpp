#include "orderd/service/order_loops.hpp"

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
}

void order_loops::configure(const order_loops_options& o)
{
    rate.configure(o.rate);
    submitter.configure(o.submitter);
    reconciler.configure(o.reconciler);
    tracker.configure(o.tracker);
}

}
