#pragma once
#include "memory_provider.hpp"
#include "memory_store.hpp"
#include "scenario.hpp"
#include "simulated_daemon.hpp"
#include "worlds.hpp"

#include <functional>
#include <initializer_list>
#include <set>
#include <string>
#include <vector>

// When a world has come to its end: the provider's book against the database, order by order.
namespace orderd::simulation {

class books {
public:
    /// What is compared, and what the seed chose.
    struct world {
        const memory_tables& tables;
        const memory_provider& provider;
        const choices& daemons;
        const world_choices& chosen;
        const std::set<std::string>& rivalled; // natural keys under which others order, too
        const std::set<std::string>& twins;    // that are there twice here
        /// A provider whose statuses say nothing never ends an order; nor do orders of somebody else end.
        bool never_ends(const order_row&) const;
    };
    books(world w, figures& f, std::function<void(const std::string&)> broken)
        : in_(w), figures_(f), broken_(std::move(broken))
    {
    }
    /// Tells every promise that was broken, and counts.
    void check();

private:
    void check_adopted(const order_row&, const std::string& name,
                       const std::map<std::string, const created_order*>& by_code);
    /// The elements of the last search with one of these verdicts: their codes.
    bool told_by_its_name(const created_order& there, const created_order& ours) const;
    static std::vector<std::string> codes_in(const order_row&, std::initializer_list<std::string_view> verdicts);
    bool is_owned(const std::string& code) const;
    const created_order& in_book(const std::string& code) const;
    /// It, or an older one of ours for its line, had ended by the time it was held.
    bool found_when_it_had_ended(const order_row&) const;
    /// Nobody asks a person about an order that is known to be another's.
    void check_candidates(const order_row&, const std::string& name);
    /// Whether a person really must look at an order that is held.
    void check_held(const order_row&, const std::string& name);
    /// The provider's guard lets a line be ordered again once its order has ended: that is not doubled while it lives.
    bool sequential(const std::string& key) const;

    world in_;
    figures& figures_;
    std::function<void(const std::string&)> broken_;
};

}
