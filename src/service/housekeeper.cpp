#include "orderd/service/housekeeper.hpp"
#include "orderd/store/orders.hpp"

namespace orderd::service {
namespace {

using namespace std::chrono_literals;

constexpr auto beat = 1s; // between two foldings
constexpr auto between_deletions = 10min;
constexpr int step = 2'000; // rows a small transaction touches at most

/// What a beat did: rows deleted, and whether more of something waits.
struct done {
    store::deleted deleted;
    int sealed = 0;
    bool more = false;
};

done keep_house_once(store::session& s, instance_id self, const store::retention& keep,
                     const store::credential_box* box, bool deletion)
{
    done out;
    if (!store::take_duty(s, "housekeeping", self, 15s)) return out;
    store::fold_tally(s);
    out.more = store::hold_paused(s, step) == step;
    if (auto since = store::restored_from(s)) out.more = store::doubt_restored(s, *since, step) == step || out.more;
    if (!deletion) return out;
    if (box) out.sealed = store::seal_secrets(s, *box).sealed;
    out.deleted = store::delete_old(s, keep, step);
    int compacted = store::compact_progress(s, step);
    out.more = out.more || out.deleted.more || compacted >= step;
    return out;
}

}

housekeeper::housekeeper(timekeeper& time, store::database& db, std::function<instance_id()> self,
                         store::retention keep, std::shared_ptr<const store::credential_box> box, logger& log)
    : time_(time),
      database_(db),
      self_(std::move(self)),
      keep_(keep),
      box_(std::move(box)),
      log_(log),
      trouble_(log, "keeping house"),
      tick_(time)
{
}

void housekeeper::stop()
{
    stopping_ = true;
    tick_.notify();
}

void housekeeper::configure(store::retention keep)
{
    if (keep == keep_) return;
    keep_ = keep;
    next_deletion_ = {};
    tick_.notify();
}

asio::awaitable<bool> housekeeper::keep_house()
{
    auto self = self_();
    if (self.value == 0) co_return false;
    auto keep = keep_;
    bool deletion = time_.now() >= next_deletion_;
    auto box = box_;
    auto question = [self, keep, box, deletion](store::session& s) {
        return keep_house_once(s, self, keep, box.get(), deletion);
    };
    auto did = co_await database_.run(question);
    if (did.sealed > 0) log_.info("secrets of sites were sealed with the current key", {{"secrets", did.sealed}});
    if (!deletion) co_return did.more;
    deleted_ += did.deleted;
    if (did.more) co_return true;
    next_deletion_ = keep == keep_ ? time_.now() + between_deletions : time_.now();
    if (deleted_.all() > 0)
        log_.info("what was older than configured was deleted", {{"orders_whose_events", deleted_.events},
                                                                 {"orders_whose_details", deleted_.details},
                                                                 {"rejected_rows", deleted_.rejected},
                                                                 {"notes_of_duplicates", deleted_.duplicates},
                                                                 {"intake_rows", deleted_.intake_rows},
                                                                 {"intake_rows_emptied", deleted_.emptied_rows},
                                                                 {"batches", deleted_.batches}});
    deleted_ = {};
    co_return false;
}

asio::awaitable<void> housekeeper::run()
{
    bool more = false;
    std::function<asio::awaitable<std::string>()> work = [this, &more]() -> asio::awaitable<std::string> {
        more = co_await keep_house();
        co_return std::string();
    };
    while (!stopping_) {
        bool well = co_await store::attempt(trouble_, work);
        co_await tick_.wait_for(more && well ? std::chrono::milliseconds(100) : std::chrono::milliseconds(beat));
    }
}

asio::awaitable<void> housekeeper::fold_once()
{
    try {
        co_await database_.run([](store::session& s) { return store::fold_tally(s); });
    } catch (const std::exception&) { // the next start folds it
    }
}

}
