#include "orderd/store/orders.hpp"
#include "session.hpp"

namespace orderd::store {

instance_id register_instance(session& s, const std::string& name)
{
    auto rows = s.ask("register_instance", "insert into orderd.instance (name) values ($1) returning id", name);
    return {rows[0][0].as<std::int64_t>()};
}

bool heartbeat(session& s, instance_id id) { return !s.ask(ORDERD_SQL(heartbeat), id.value).empty(); }

void say_goodbye(session& s, instance_id id)
{
    s.ask("say_goodbye", "update orderd.instance set stopped_at = now() where id = $1", id.value);
}

reaped reap_instances(session& s, instance_id by, milliseconds lease, milliseconds settle_time)
{
    auto rows = s.ask(ORDERD_SQL(reap_instances), static_cast<std::int64_t>(lease.count()),
                      static_cast<std::int64_t>(settle_time.count()), by.value);
    return {rows[0][0].as<int>(), rows[0][1].as<int>()};
}

bool take_duty(session& s, const std::string& name, instance_id id, milliseconds how_long)
{
    return !s.ask(ORDERD_SQL(take_duty), name, id.value, static_cast<std::int64_t>(how_long.count())).empty();
}

}
