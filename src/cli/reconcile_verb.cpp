#include "ask_provider.hpp"
#include "order_moves.hpp"
#include "orderd/core/text.hpp"
#include "orderd/provider/told.hpp"
#include "orderd/store/housekeeping.hpp"
#include "orderd/store/overview.hpp"

#include <boost/json.hpp>
#include <iostream>
#include <set>

namespace orderd::cli {
namespace {

using listed_orders = provider::result<provider::listing<provider::order_summary>>;

/// What the provider has from that day on and no order here owns: files and rows that came after the backup.
listed_orders unknown_here(const surroundings& s, const std::string& day)
{
    std::function<boost::asio::awaitable<listed_orders>(asked)> question =
        [day](asked of) -> boost::asio::awaitable<listed_orders> {
        provider::order_filter all;
        auto listed = co_await of.api.list_orders(all);
        if (!listed) co_return listed.error();
        std::vector<provider::order_summary> recent;
        std::vector<order_code> codes;
        auto since = parse_yyyymmdd(day);
        for (auto& order : listed->items) {
            auto told = provider::day_told(order.application_date);
            bool surely_before = told && since && days_between(told->day, *since) > (told->certain ? 0 : 1);
            if (surely_before) continue;
            codes.push_back(order.code);
            recent.push_back(std::move(order));
        }
        auto known = co_await of.orders.owned_codes(codes);
        std::set<order_code> owned;
        for (const auto& k : known) owned.insert(k.code);
        std::erase_if(recent, [&](const auto& order) { return owned.contains(order.code); });
        listed->items = std::move(recent);
        co_return listed;
    };
    return ask<listed_orders>(s, question);
}

store::table table_of(const std::vector<provider::order_summary>& orders)
{
    store::table t{
        {"order_code", "order_type", "application_date", "customer_site_code", "customer_site_name", "status"}, {}};
    for (const auto& o : orders)
        t.rows.push_back(
            {o.code.text, o.order_type, o.application_date, o.customer_site_code, o.customer_site_name, o.status});
    return t;
}

long held_by_restore(store::session& session)
{
    store::order_filter wanted;
    wanted.state = std::string(name(order_state::held));
    wanted.error_code = "database_restored";
    long out = 0;
    for (const auto& one : store::count_matching(session, wanted)) out += one.count;
    return out;
}

constexpr const char* search_all = "`orders search-again --error database_restored`";

/// What speaks against declaring the restore over, shown; whether there is anything.
bool something_open(const surroundings& s, store::session& session, const std::string& since)
{
    auto held = held_by_restore(session);
    if (held > 0)
        warn() << held << " orders are still held because they may be at the provider since the backup; " << search_all
               << " has them searched for\n";
    store::order_filter doubt;
    doubt.state = std::string(name(order_state::in_doubt));
    doubt.limit = 1'000;
    auto doubted = store::order_list(session, doubt);
    if (!doubted.rows.empty()) {
        warn() << "still in doubt, and being searched for:\n";
        print_orders(doubted, false, warn());
    }
    auto day = store::japanese_day(session, since);
    auto unknown = unknown_here(s, day.value_or(""));
    if (!unknown) {
        warn() << "the provider cannot be asked now what it has that is not known here: "
               << provider::summary(unknown.error()) << "\n";
        return true;
    }
    if (!unknown->items.empty()) {
        warn() << unknown->items.size() << " orders since " << day.value_or(since)
               << " at the provider are not known here; rows for these that are handed in later will be ordered a "
                  "second time:\n";
        print(table_of(unknown->items), false, warn());
    }
    if (!unknown->not_whole.empty()) warn() << unknown->not_whole << ": it may have others\n";
    return held > 0 || !doubted.rows.empty() || !unknown->items.empty() || !unknown->not_whole.empty();
}

int end_it(const surroundings& s, store::session& session, bool yes)
{
    auto since = store::restored_since(session);
    if (since && !yes && something_open(s, session, *since) && !person_says_yes("declare the restore over?")) {
        warn() << "nothing was done; with --yes it is\n";
        return some_failed;
    }
    store::forget_restored(session);
    store::wake_submission(session);
    if (s.json) return all_well;
    say() << "new orders are sent at once from now on\n";
    if (auto held = held_by_restore(session); held > 0)
        say() << held << " orders stay held until they are searched for: " << search_all << "\n";
    return all_well;
}

}

int orders_reconcile_verb(const surroundings& s, const reconcile_arguments& a)
{
    auto session = s.open();
    if (a.done) return end_it(s, *session, a.yes);
    if (a.since.empty()) {
        warn() << "ipoe-orderd: say when the backup was made with --since \"2027-03-01 03:00\" (Japanese time, rather "
                  "earlier than later), or --done\n";
        return usage;
    }
    auto day = store::japanese_day(*session, a.since);
    if (!day) {
        warn() << "ipoe-orderd: \"" << a.since
               << "\" is not a time that has passed; write it as \"2027-03-01 03:00\"\n";
        return usage;
    }
    if (store::heard_lately(store::read_overview(*session).instances, s.config.submission.lease) > 0 && !a.yes) {
        warn() << "ipoe-orderd: a daemon is running on this database, and may have sent something again already; stop "
                  "it, run this, and start it again (or say --yes)\n";
        return some_failed;
    }
    // First what keeps new orders back, then what is there: nothing slips through in between.
    store::set_restored_since(*session, a.since, s.config.submission.settle_time);
    long doubted = 0;
    while (int n = store::doubt_restored(*session, a.since, 1000, operator_name())) doubted += n;
    auto held = store::doubt_restored_held(*session, a.since);
    auto unknown = unknown_here(s, *day);

    if (s.json) {
        boost::json::array codes;
        if (unknown)
            for (const auto& o : unknown->items) codes.emplace_back(o.code.text);
        say() << json_text(boost::json::object{{"in_doubt", doubted},
                                               {"held", held},
                                               {"not_known_here", codes},
                                               {"provider_asked", bool(unknown)}})
              << "\n";
        return unknown ? all_well : unreachable;
    }
    say() << doubted << " orders are searched for at the provider before they are sent\n"
          << held << " held orders may be at the provider, too: once the daemon runs, " << search_all
          << " has all of them searched for, and `orders resolve` shows one\n";
    if (!unknown) {
        warn() << "ipoe-orderd: the provider cannot be asked now what it has: " << provider::summary(unknown.error())
               << "; run this again later\n";
        return unreachable;
    }
    auto t = table_of(unknown->items);
    say() << t.rows.size() << " orders since " << *day << " at the provider are not known here"
          << (t.rows.empty() ? "\n" : ":\n");
    if (!t.rows.empty()) print(t, false);
    say() << "\nStart the daemon and hand in again every file and row that came since; they find their orders at the\n"
             "provider instead of making new ones. Then run `ipoe-orderd orders reconcile --done`.\n";
    return all_well;
}

}
