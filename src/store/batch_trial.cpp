#include "known_keys.hpp"
#include "session.hpp"
#include "site_check.hpp"

namespace orderd::store {

struct batch_trial::state {
    session* on;
    explain_conflict explain;
    conflict_finder finder;
    int sites_not_checked = 0;
};

batch_trial::batch_trial(session* s, explain_conflict explain)
    : state_(std::make_unique<state>(state{s, std::move(explain), {}, 0}))
{
}

batch_trial::~batch_trial() = default;

void batch_trial::add(std::vector<intake_record>& rows)
{
    auto& s = *state_;
    if (s.on)
        s.on->in_transaction([&](pqxx::work& tx) {
            probe_indexes(tx);
            s.sites_not_checked += check_sites(tx, rows, s.explain);
            look_up(tx, rows, {}, s.finder);
            return 0;
        });
    settle(s.finder, rows, 0, s.explain);
}

int batch_trial::sites_not_checked() const { return state_->sites_not_checked; }

}
