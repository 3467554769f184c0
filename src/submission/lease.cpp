#include "orderd/submission/lease.hpp"

namespace orderd::submission {

lease::lease(asio::any_io_executor on, store::database& db, lease_options options, logger& log)
    : database_(db), options_(std::move(options)), log_(log), outage_(log, "the database"), tick_(on), renewed_(on)
{
}

asio::awaitable<void> lease::run()
{
    while (!stopping_) {
        std::string away;
        try {
            co_await beat();
            outage_.recovered();
        } catch (const std::exception& e) {
            away = e.what();
        }
        if (!away.empty()) outage_.failed(away);
        co_await tick_.wait_for(
            away.empty() ? options_.length / 5
                         : std::min<std::chrono::milliseconds>(options_.length / 5, std::chrono::milliseconds(1000)));
    }
}

asio::awaitable<void> lease::beat()
{
    auto began = clock::now(); // the lease counts from before the statement: the database's clock started no earlier
    auto safe = options_.length * 4 / 5;
    auto id = id_;
    auto name = options_.instance_name;
    bool held = false;
    if (id.value != 0) held = co_await database_.run([id](store::session& s) { return store::heartbeat(s, id); });
    if (!held) {
        if (id.value != 0)
            log_.warning(
                "this instance was silent for longer than its lease; its orders were taken over, it begins anew",
                {{"instance", id.value}});
        valid_until_ = {};
        auto enrol = [name](store::session& s) { return store::register_instance(s, name); };
        id_ = co_await database_.run(enrol);
    }
    valid_until_ = began + safe;
    renewed_.notify();

    auto self = id_;
    auto length = options_.length, settle = options_.settle_time;
    auto gone =
        co_await database_.run([=](store::session& s) { return store::reap_instances(s, self, length, settle); });
    if (gone.orders > 0 || gone.instances > 0)
        log_.warning("took over from instances that went silent",
                     {{"instances", gone.instances}, {"orders_in_doubt", gone.orders}});
}

asio::awaitable<bool> lease::wait_until_valid()
{
    while (!valid() && !stopping_) co_await renewed_.wait_for(std::chrono::seconds(1));
    co_return valid();
}

void lease::stop()
{
    stopping_ = true;
    tick_.notify();
    renewed_.notify();
}

asio::awaitable<void> lease::give_up()
{
    auto id = id_;
    valid_until_ = {};
    if (id.value == 0) co_return;
    try {
        co_await database_.run([id](store::session& s) {
            store::say_goodbye(s, id);
            return true;
        });
    } catch (const std::exception&) { // the lease will run out by itself
    }
}

}
