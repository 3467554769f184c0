#include "name_lookup.hpp"

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <exception>
#include <mutex>
#include <thread>
#include <utility>

namespace orderd::http {

namespace asio = boost::asio;
using namespace std::chrono_literals;

namespace {

constexpr auto fresh_for = 5s;
constexpr auto patience = 1s; // with the name service, where an earlier answer is at hand

found_addresses ask_without_throwing(const name_service& names, const std::string& host)
{
    try {
        auto found = names(host);
        if (found.addresses.empty() && found.failed.empty()) found.failed = "it has no address";
        return found;
    } catch (const std::exception& e) {
        return {{}, e.what(), false};
    }
}

}

/// What the thread that asks shares with the one that waits. The waiting one drops the question when it no longer
/// cares: its event loop may be gone before an answer comes.
struct name_lookup::question {
    std::mutex guard;
    bool dropped = false;
};

/// A coroutine that waits until something has been answered.
struct name_lookup::waiting {
    std::shared_ptr<name_lookup> at;
    asio::steady_timer bell;
    waiters::iterator entry;
    waiting(std::shared_ptr<name_lookup> where, clock::time_point until)
        : at(std::move(where)), bell(at->executor_, until), entry(at->waiting_.insert(at->waiting_.end(), &bell))
    {
    }
    ~waiting() { at->waiting_.erase(entry); }
};

name_lookup::name_lookup(asio::any_io_executor on, std::string host, name_service names)
    : executor_(std::move(on)), host_(std::move(host)), names_(std::move(names))
{
}

name_lookup::~name_lookup()
{
    if (!asked_) return;
    std::lock_guard hold(asked_->guard);
    asked_->dropped = true;
}

asio::awaitable<found_addresses> name_lookup::addresses(clock::time_point deadline)
{
    auto self = shared_from_this();
    auto now = clock::now();
    boost::system::error_code not_numeric;
    auto numeric = asio::ip::make_address(host_, not_numeric);
    if (!not_numeric) co_return found_addresses{{numeric}};
    if (now < fresh_until_) co_return last_good_;
    if (!asked_) ask();
    auto pending = asked_;
    bool at_hand = !last_good_.addresses.empty();
    auto until = at_hand ? std::min(asked_at_ + patience, now + (deadline - now) / 2) : deadline;
    if (pending && now < until) {
        waiting here(self, until);
        co_await here.bell.async_wait(asio::as_tuple(asio::use_awaitable));
    }
    if (!last_good_.addresses.empty()) co_return last_good_;
    co_return found_addresses{
        {}, failed_.empty() ? "the name service did not answer in time" : failed_, no_descriptors_};
}

void name_lookup::ask()
{
    asked_ = std::make_shared<question>();
    asked_at_ = clock::now();
    failed_.clear();
    no_descriptors_ = false;
    auto work = [asked = asked_, names = names_, host = host_, on = executor_, back = weak_from_this()] {
        auto found = ask_without_throwing(names, host);
        std::lock_guard hold(asked->guard);
        if (asked->dropped) return;
        asio::post(on, [back, found = std::move(found)]() mutable {
            if (auto self = back.lock()) self->answered(std::move(found));
        });
    };
    try {
        std::thread(std::move(work)).detach(); // nothing can end a look-up, and nobody waits for one that is too late
    } catch (const std::system_error& e) {
        asked_.reset();
        failed_ = std::string("no thread for the look-up: ") + e.what();
    }
}

void name_lookup::answered(found_addresses found)
{
    asked_.reset();
    failed_ = found.failed;
    no_descriptors_ = found.no_descriptors;
    if (!found.addresses.empty()) {
        last_good_ = std::move(found);
        fresh_until_ = clock::now() + fresh_for;
    }
    for (auto* bell : waiting_) bell->cancel();
}

}
