#include "orderd/core/memory.hpp"
#include "orderd/core/text.hpp"
#include "orderd/store/orders.hpp"
#include "orderd/store/products.hpp"
#include "orderd/tracking/tracker.hpp"

#include <algorithm>
#include <memory>
#include <set>
#include <span>

namespace orderd::tracking {

using namespace std::chrono_literals;

catalogue_reader::catalogue_reader(timekeeper& time, store::database& db, provider::api& api,
                                   std::function<instance_id()> self, std::chrono::milliseconds interval, logger& log,
                                   metrics& m)
    : time_(time),
      database_(db),
      api_(api),
      self_(std::move(self)),
      interval_(interval),
      log_(log),
      metrics_(m),
      trouble_(log, "the product catalogue"),
      tick_(time)
{
}

void catalogue_reader::stop()
{
    stopping_ = true;
    tick_.notify();
}

asio::awaitable<bool> catalogue_reader::our_duty()
{
    auto self = self_();
    if (self.value == 0) co_return false;
    // Another instance takes it over half a minute after this one is gone, and sooner when that is known.
    auto question = [self](store::session& s) { return store::take_duty(s, "catalogue", self, 30s); };
    co_return co_await database_.run(question);
}

void catalogue_reader::say_what_is_odd(const provider::listing<product>& listed)
{
    std::vector<std::string> odd;
    std::set<std::string_view> codes;
    for (const auto& p : listed.items)
        if (!codes.insert(p.code).second) odd.push_back("product " + p.code + " appears twice, the later one counts");
    for (const auto& e : listed.unreadable) odd.push_back("a product cannot be used: " + e.why);
    if (listed.beyond_reach) odd.emplace_back("there are more than could be listed");
    if (!listed.not_whole.empty()) odd.push_back(listed.not_whole);
    auto what = join(std::span(odd).first(std::min<std::size_t>(odd.size(), 5)), "; ");
    auto found = std::to_string(odd.size()) + what;
    if (!odd.empty() && found != said_) // once, until it changes
        log_.warning("the product catalogue is odd; products that could not be read stay as they were",
                     {{"odd", odd.size()}, {"what", printable(what, 500)}});
    said_ = found;
}

asio::awaitable<std::string> catalogue_reader::read()
{
    auto listed = co_await api_.list_products();
    if (!listed) co_return provider::summary(listed.error());
    if (auto why = provider::why_no_catalogue(*listed); !why.empty()) co_return why;
    say_what_is_odd(*listed);
    auto all = std::make_shared<const std::vector<product>>(std::move(listed->items));
    auto complete = listed->complete;
    auto save = [all, complete](store::session& s) { return store::save_catalogue(s, *all, complete); };
    auto changes = co_await database_.run(save);
    for (const auto& news : store::by_kind(changes))
        log_.warning("the product catalogue changed",
                     {{"kind", news.kind}, {"products", news.products}, {"what", news.examples}});
    for (const auto& change : changes) metrics_.catalogue_changed(change.kind);
    if (auto orders = co_await database_.run([](store::session& s) { return store::reprice_waiting(s); }))
        log_.info("orders that are not with the provider yet cost what their products cost now", {{"orders", orders}});
    if (products_ != all->size()) log_.info("product catalogue read", {{"products", all->size()}});
    products_ = all->size();
    if (read_) read_();
    co_return std::string();
}

asio::awaitable<void> catalogue_reader::run()
{
    timekeeper::time_point due{};
    while (!stopping_) {
        std::exception_ptr failed;
        bool ours = false;
        try {
            ours = co_await our_duty();
            if (ours && time_.now() >= due) {
                read_failed_ = co_await read();
                give_back_memory();
                // A failed reading is repeated soon: rows may wait for it.
                due = time_.now() +
                      (read_failed_.empty() ? interval_ : std::min<std::chrono::milliseconds>(interval_, 5s));
            }
        } catch (const std::exception&) {
            failed = std::current_exception();
        }
        if (failed)
            trouble_.failed(failed);
        else if (ours && !read_failed_.empty()) // until one succeeds
            trouble_.failed(read_failed_);
        else if (ours)
            trouble_.recovered();
        // The duty is renewed within its length; whoever has it not looks whether it is free.
        auto pause = ours
                         ? std::min<timekeeper::duration>(10s, std::max<timekeeper::duration>(due - time_.now(), 100ms))
                         : timekeeper::duration(self_().value == 0 ? 100ms : 5s);
        co_await tick_.wait_for(pause);
    }
}

}
