#include "older_lock.hpp"
#include "orderd/core/share.hpp"
#include "orderd/store/order_store.hpp"
#include "session.hpp"

namespace orderd::store {

instance_id register_instance(session& s, const std::string& name)
{
    auto rows = s.ask("register_instance", "insert into orderd.instance (name) values ($1) returning id", name);
    return {one_row(rows, "orderd.instance")[0].as<std::int64_t>()};
}

held_lease heartbeat(session& s, instance_id id, const wished_places& wish)
{
    return s.in_transaction([&](pqxx::work& tx) {
        // One after another: the sum of what is held must hold. Only who may change the table can keep it waiting.
        tx.exec("lock table orderd.instance in share row exclusive mode");
        constexpr long long places_key = 4'711'001; // of older releases
        if (one_of_ours_has(tx, places_key)) wait_for(tx, places_key);
        std::vector<claim_on_places> all;
        std::optional<std::size_t> self;
        for (const auto& r : s.exec(tx, ORDERD_SQL(live_instances))) {
            if (r[0].as<std::int64_t>() == id.value) self = all.size();
            all.push_back({r[2].as<int>(), r[3].as<int>()});
        }
        held_lease held;
        held.instances = static_cast<int>(all.size());
        if (!self) return held;
        all[*self].cap = wish.cap;
        auto granted = places_for(wish.total, all, *self, wish.in_use);
        held.places = granted.usable;
        held.settled = granted.settled;
        one_row(s.exec(tx, ORDERD_SQL(heartbeat), id.value, granted.held, wish.cap), "orderd.instance");
        held.live = true;
        return held;
    });
}

void say_goodbye(session& s, instance_id id)
{
    s.ask("say_goodbye", "update orderd.instance set stopped_at = now() where id = $1", id.value);
}

std::vector<live_instance> live_instances(session& s)
{
    std::vector<live_instance> out;
    for (const auto& r : s.ask(ORDERD_SQL(live_instances)))
        out.push_back({{r[0].as<std::int64_t>()}, r[1].as<std::string>()});
    return out;
}

void declare_lost(session& s, instance_id id)
{
    s.ask("declare_lost", "update orderd.instance set lost_at = now() where id = $1 and lost_at is null", id.value);
}

int reap_instances(session& s, instance_id by, milliseconds lease)
{
    auto length = static_cast<std::int64_t>(lease.count());
    return static_cast<int>(s.ask(ORDERD_SQL(reap_instances), length, by.value).size());
}

bool take_duty(session& s, const std::string& name, instance_id id, milliseconds how_long)
{
    return !s.ask(ORDERD_SQL(take_duty), name, id.value, static_cast<std::int64_t>(how_long.count())).empty();
}

}
