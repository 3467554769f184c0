#include "orderd/tracking/books.hpp"
#include "orderd/core/memory.hpp"
#include "orderd/core/text.hpp"
#include "orderd/provider/told.hpp"
#include "orderd/store/orders.hpp"
#include "orderd/store/sites.hpp"
#include "orderd/tracking/tracker.hpp"

#include <algorithm>
#include <iterator>
#include <memory>
#include <unordered_set>

namespace orderd::tracking {
namespace {

using namespace std::chrono_literals;

constexpr auto beat = 30s;
constexpr int most_slices = 1000;       // of a list that goes on being incomplete; each can hold some 20,000 sites
constexpr int most_barren = 10;         // narrower slices in a row that hold more than can be listed, and nothing new
constexpr std::size_t most_odd = 1'000; // elements that cannot be read
const japanese_date first_day{std::chrono::year(2000), std::chrono::January, std::chrono::day(1)};

japanese_date plus(japanese_date day, int days) { return std::chrono::sys_days(day) + std::chrono::days(days); }

std::vector<provider::site_filter> cut(const provider::site_filter& f, japanese_date from, japanese_date to,
                                       japanese_date last_of_first)
{
    auto slice = [&](japanese_date low, japanese_date high) {
        return provider::site_filter{f.status, to_yyyymmdd(low), to_yyyymmdd(high)};
    };
    return {slice(from, last_of_first), slice(plus(last_of_first, 1), to)};
}

/// Whether a site was not opened on the days asked for. A day whose zone is not told may be the one beside it.
bool surely_outside(const provider::site_filter& asked, const provider::site_summary& site)
{
    auto from = parse_yyyymmdd(asked.start_at_from), to = parse_yyyymmdd(asked.start_at_to);
    auto day = provider::day_told(site.start_at);
    if (!from || !to || !day) return false;
    int unsure = day->certain ? 0 : 1;
    return plus(day->day, unsure) < *from || plus(day->day, -unsure) > *to;
}

std::string words_of(const provider::site_filter& asked, const provider::site_summary& site)
{
    return "the provider does not heed the days that its list of sites is asked for: " + asked.start_at_from + " to " +
           asked.start_at_to + " was asked for, and site " + printable(site.code.text, 64) + ", opened " +
           printable(site.start_at, 40) + ", came";
}

/// Those that cannot be read are kept apart; too many of them are no list.
void keep_odd(std::vector<provider::unreadable_element<provider::site_summary>> odd,
              provider::listing<provider::site_summary>& all)
{
    auto room = most_odd - std::min(most_odd, all.unreadable.size());
    if (odd.size() > room) {
        all.complete = false;
        all.not_whole = "too many of its elements cannot be read: " + odd.front().why;
        odd.resize(room);
    }
    std::move(odd.begin(), odd.end(), std::back_inserter(all.unreadable));
}

}

std::vector<provider::site_filter> narrower(const provider::site_filter& too_wide, std::vector<std::string> seen,
                                            japanese_date today)
{
    if (too_wide.status.empty()) return {{"1", {}, {}}, {"2", {}, {}}};
    auto from = parse_yyyymmdd(too_wide.start_at_from).value_or(first_day);
    auto to = parse_yyyymmdd(too_wide.start_at_to).value_or(plus(today, 366));
    if (from == to || days_between(from, to) < 1) return {};
    std::sort(seen.begin(), seen.end());
    auto middle = seen.empty() ? std::nullopt : parse_yyyymmdd(seen[seen.size() / 2]);
    auto last_of_first = middle.value_or(plus(from, days_between(from, to) / 2));
    return cut(too_wide, from, to, std::clamp(last_of_first, from, plus(to, -1)));
}

asio::awaitable<provider::result<provider::listing<provider::site_summary>>>
list_all_sites(provider::api& api, japanese_date today, std::unordered_set<std::string> seen,
               provider::list_bounds room)
{
    provider::listing<provider::site_summary> all;
    std::size_t bytes = 0;
    std::vector<provider::site_filter> slices{{}};
    std::string not_heeded; // why asking for some of them is of no use
    int barren = 0;
    for (int asked = 0; !slices.empty(); ++asked) {
        if (asked == most_slices || all.items.size() > room.elements || bytes > room.bytes) {
            all.complete = false;
            all.not_whole = "it has more sites than can be read";
            break;
        }
        auto slice = std::move(slices.back());
        slices.pop_back();
        auto listed = co_await api.list_sites(slice);
        if (!listed) co_return listed.error();
        std::vector<std::string> days;
        auto before = all.items.size();
        for (auto& site : listed->items) {
            if (not_heeded.empty() && surely_outside(slice, site)) not_heeded = words_of(slice, site);
            if (listed->beyond_reach && !site.start_at.empty()) days.push_back(provider::plain_day(site.start_at));
            if (!seen.insert(site.code.text).second) continue;
            bytes += provider::cost_of(site);
            all.items.push_back(std::move(site));
        }
        keep_odd(std::move(listed->unreadable), all);
        bool said_again = listed->beyond_reach && !slice.start_at_from.empty() && all.items.size() == before;
        barren = said_again ? barren + 1 : 0;
        if (barren == most_barren) not_heeded = "the provider lists the same sites whatever days are asked for";
        if (auto why = not_heeded.empty() ? listed->not_whole : not_heeded; !why.empty()) {
            all.complete = false;
            all.not_whole = std::move(why);
        }
        if (!not_heeded.empty()) break;
        if (!listed->beyond_reach) continue;
        auto parts = narrower(slice, std::move(days), today);
        if (parts.empty()) {
            all.complete = false;
            all.not_whole = "of one opening day it has more sites than it lists";
        }
        slices.insert(slices.end(), parts.begin(), parts.end());
    }
    co_return all;
}

namespace {

provider::list_bounds room_beside(const std::vector<provider::site_summary>& sites)
{
    provider::list_bounds room;
    room.elements -= std::min(room.elements, sites.size());
    for (const auto& site : sites) room.bytes -= std::min(room.bytes, provider::cost_of(site));
    return room;
}

store::site_record record_of(const provider::site_summary& site)
{
    store::site_record r;
    r.code = site.code.text;
    r.name = site.name;
    r.case_name = site.case_name;
    r.status = site.status;
    r.line_id = site.line_id;
    r.start_at = provider::plain_day(site.start_at);
    r.end_at = provider::plain_day(site.end_at);
    return r;
}

}

store::saved_list save_sites(store::session& s, const std::vector<provider::site_summary>& sites,
                             const std::string& complete_since)
{
    constexpr std::size_t at_once = 2'000;
    store::saved_list all;
    for (std::size_t from = 0; from == 0 || from < sites.size(); from += at_once) {
        auto to = std::min(from + at_once, sites.size());
        std::vector<store::site_record> records;
        for (auto i = from; i < to; ++i) records.push_back(record_of(sites[i]));
        bool all_of_them = to == sites.size() && all.refused == 0;
        all += store::save_site_list(s, records, all_of_them ? complete_since : "");
    }
    return all;
}

namespace {

/// Sites of `missing` that an element names which cannot be read are there; nothing more is known of them.
void find_among_odd(provider::listing<provider::site_summary>& listed, std::unordered_set<std::string>& missing)
{
    for (const auto& odd : listed.unreadable) {
        if (!odd.told || missing.erase(odd.told->code.text) == 0) continue;
        provider::site_summary there;
        there.code = odd.told->code;
        listed.items.push_back(std::move(there));
    }
}

/// Whether it names no site, or with characters that may be what became of others.
bool nameless(const provider::unreadable_element<provider::site_summary>& odd)
{
    if (!odd.told || odd.told->code.text.empty()) return true;
    const auto& code = odd.told->code.text;
    return std::any_of(code.begin(), code.end(), [](char c) { return c <= ' ' || c >= '\x7F'; });
}

/// An element that names no site may be any of those that are missing.
void doubt_what_is_missing(provider::listing<provider::site_summary>& listed,
                           const std::unordered_set<std::string>& missing)
{
    auto odd = std::find_if(listed.unreadable.begin(), listed.unreadable.end(), nameless);
    if (missing.empty() || odd == listed.unreadable.end()) return;
    listed.complete = false;
    listed.not_whole = "it does not name site " + printable(*missing.begin(), 64) +
                       ", which an element of it may be that cannot be read: " + odd->why;
}

}

asio::awaitable<provider::result<sure_listing>> list_sites_surely(provider::api& api, japanese_date today,
                                                                  std::vector<std::string> in_use)
{
    auto first = co_await list_all_sites(api, today);
    if (!first) co_return first.error();
    sure_listing out;
    out.sites = std::move(*first);
    std::unordered_set<std::string> named;
    for (const auto& site : out.sites.items) named.insert(site.code.text);
    std::unordered_set<std::string> missing;
    for (auto& code : in_use)
        if (!named.contains(code)) missing.insert(std::move(code));
    find_among_odd(out.sites, missing);
    if (missing.empty() || !out.sites.complete) co_return out;
    auto room = room_beside(out.sites.items);
    auto second = co_await list_all_sites(api, today, std::move(named), room);
    if (!second) co_return second.error();
    for (auto& site : second->items) {
        out.left_out += static_cast<long>(missing.erase(site.code.text));
        out.sites.items.push_back(std::move(site));
    }
    out.sites.complete = second->complete && !out.sites.items.empty();
    out.sites.not_whole = out.sites.items.empty() ? "it names no site" : std::move(second->not_whole);
    keep_odd(std::move(second->unreadable), out.sites);
    find_among_odd(out.sites, missing);
    if (out.sites.complete) doubt_what_is_missing(out.sites, missing);
    co_return out;
}

book_keeper::book_keeper(timekeeper& time, store::database& db, provider::api& api, std::function<instance_id()> self,
                         std::function<utc_time()> clock, book_intervals intervals, logger& log)
    : time_(time),
      database_(db),
      api_(api),
      self_(std::move(self)),
      clock_(std::move(clock)),
      intervals_(intervals),
      log_(log),
      trouble_(log, "the list of sites"),
      tick_(time)
{
}

void book_keeper::stop()
{
    stopping_ = true;
    tick_.notify();
}

/// When it is another than the last time.
void book_keeper::say_what_is_odd(const odd_sites& odd)
{
    auto example = odd.empty() ? std::string() : printable(odd.front().why, 300);
    bool news = example != odd_said_;
    odd_said_ = example;
    if (!news || odd.empty()) return;
    log_.warning("elements of the provider's list of sites cannot be read; they are left out, all others are kept",
                 {{"elements", odd.size()}, {"for_example", example}});
}

asio::awaitable<std::string> book_keeper::list_sites()
{
    auto begun = co_await database_.run([](store::session& s) { return store::database_time(s); });
    auto in_use = co_await database_.run([](store::session& s) { return store::sites_in_use(s); });
    auto listed = co_await list_sites_surely(api_, tokyo_day(clock_()), in_use);
    if (!listed) co_return provider::summary(listed.error());
    say_what_is_odd(listed->sites.unreadable);
    auto sites = std::make_shared<const std::vector<provider::site_summary>>(std::move(listed->sites.items));
    bool complete = listed->sites.complete;
    if (listed->left_out > 0)
        log_.warning("the provider's list of sites left out sites that it named when asked again; nothing is taken for "
                     "gone because of one list",
                     {{"sites", listed->left_out}});
    auto save = [sites = std::move(sites), complete, begun](store::session& s) {
        return save_sites(s, *sites, complete ? begun : "");
    };
    auto saved = co_await database_.run(save);
    long again = 0;
    if (auto age = intervals_.details; age.count() > 0) {
        auto reread = [age](store::session& s) { return store::reread_sites(s, age); };
        again = co_await database_.run(reread);
    }
    log_.info("all sites listed", {{"sites", saved.sites}, {"new_or_changed", saved.due}, {"read_again", again}});
    if (saved.refused > 0)
        log_.warning("PostgreSQL refuses to keep what the list tells of sites; they stay as they are, and no site is "
                     "taken for gone; all others are kept",
                     {{"sites", saved.refused}, {"for_example", printable(saved.example, 300)}});
    if (!complete)
        log_.warning("the provider did not list all sites; no site is taken for gone, and the others are known when an "
                     "order names them",
                     {{"why", listed->sites.not_whole}});
    co_return std::string();
}

asio::awaitable<bool> book_keeper::listed_lately()
{
    auto age = co_await database_.run([](store::session& s) { return store::site_list_age(s); });
    co_return age&&* age < intervals_.sites;
}

asio::awaitable<void> book_keeper::check()
{
    auto found = co_await database_.run([](store::session& s) { return store::count_differences(s); });
    long all = 0;
    std::string words;
    for (const auto& [kind, count] : found) {
        all += count;
        if (count > 0) words += (words.empty() ? "" : ", ") + kind + " " + std::to_string(count);
    }
    if (all > 0 && all != differences_)
        log_.warning("what was ordered and what the provider has differ; `sites differences` lists where",
                     {{"differences", all}, {"of", words}});
    differences_ = all;
}

asio::awaitable<std::string> book_keeper::keep_books()
{
    auto self = self_();
    if (self.value == 0) co_return list_failed_;
    auto question = [self](store::session& s) { return store::take_duty(s, "books", self, 5min); };
    if (!co_await database_.run(question)) { // another instance lists them: what failed here is over when it succeeds
        if (!list_failed_.empty() && co_await listed_lately()) list_failed_.clear();
        co_return list_failed_;
    }
    bool listed = false;
    auto interval = intervals_.sites;
    if (interval.count() > 0 && time_.now() >= list_due_) {
        auto age = co_await database_.run([](store::session& s) { return store::site_list_age(s); });
        if (!age || *age >= interval) {
            list_failed_ = co_await list_sites();
            give_back_memory();
            list_due_ =
                time_.now() + (list_failed_.empty() ? interval : std::min<std::chrono::milliseconds>(interval, 5min));
            listed = true;
        } else {
            list_failed_.clear();
            list_due_ = time_.now() + (interval - *age);
        }
    }
    if (listed || time_.now() >= check_due_) {
        // Counting reads all sites and orders that ended: a restart alone is no reason for it.
        auto age = co_await database_.run([](store::session& s) { return store::difference_count_age(s); });
        bool fresh = age && *age < intervals_.check;
        if (listed || !fresh) co_await check();
        check_due_ = time_.now() + (listed || !fresh ? intervals_.check : intervals_.check - *age);
    }
    if (interval.count() == 0) list_failed_.clear();
    co_return list_failed_;
}

asio::awaitable<void> book_keeper::run()
{
    std::function<asio::awaitable<std::string>()> work = [this] { return keep_books(); };
    while (!stopping_) {
        co_await store::attempt(trouble_, work);
        co_await tick_.wait_for(self_().value == 0 ? timekeeper::duration(200ms) : timekeeper::duration(beat));
    }
}

}
