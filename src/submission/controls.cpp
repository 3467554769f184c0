#include "orderd/submission/controls.hpp"

#include <algorithm>

namespace orderd::submission {
namespace {

using namespace std::chrono_literals;

constexpr auto served = 1min;           // a control counts for the searches of so long before and after it
constexpr auto served_bad = 10s;        // a bad one is soon asked again
constexpr std::size_t others_asked = 3; // orders of others that are asked for their line
// As long as real ones and of their letters; no line or site is called so.
constexpr std::string_view no_line = "ZZZ0000000000", no_site = "zzz-00000000";

provider::order_filter filter_of(store::search_key key, const std::string& value)
{
    provider::order_filter by;
    (key == store::search_key::line ? by.line_id : by.customer_site_code) = value;
    return by;
}

bool lists(const provider::listing<provider::order_summary>& found, const order_code& code)
{
    return std::any_of(found.items.begin(), found.items.end(), [&](const auto& o) { return o.code == code; });
}

control made(control::answer is, std::string english, std::string japanese)
{
    return {is, std::move(english), std::move(japanese)};
}

std::string_view name(control::answer a)
{
    switch (a) {
    case control::answer::not_asked: return "not_asked";
    case control::answer::good: return "good";
    case control::answer::bad: return "bad";
    case control::answer::impossible: return "impossible";
    }
    return "bad";
}

}

controls::controls(timekeeper& time, store::order_store& orders, provider::api& api, metrics& m,
                   std::chrono::milliseconds settle_time)
    : time_(time), store_(orders), api_(api), metrics_(m), settle_time_(settle_time), line_(time), site_(time)
{
}

bool controls::fresh(const std::optional<timekeeper::time_point>& at, timekeeper::duration for_so_long) const
{
    return at && time_.now() - *at < for_so_long;
}

asio::awaitable<provider::result<control>> controls::positive(store::search_key key, timekeeper::time_point since)
{
    auto& k = of(key);
    while (k.asking) co_await k.done.wait();
    bool bad = k.positive.is == control::answer::bad;
    if (fresh(k.at, bad ? timekeeper::duration(served_bad) : served) && *k.at >= since) co_return k.positive;
    k.asking = true;
    auto begun = time_.now();
    std::exception_ptr failed;
    provider::result<control> asked = control{};
    try {
        asked = co_await ask_positive(key);
    } catch (...) {
        failed = std::current_exception();
    }
    k.asking = false;
    k.done.notify();
    if (failed) std::rethrow_exception(failed);
    if (asked) {
        k.positive = *asked;
        k.at = begun;
        metrics_.search_controlled("positive", name(asked->is));
    }
    co_return asked;
}

/// Orders of others that the provider lists as in progress: known as well as ours are.
asio::awaitable<provider::result<std::vector<store::known_order>>> controls::known_of_others(store::search_key key)
{
    provider::order_filter in_progress;
    in_progress.status = "1";
    auto listed = co_await api_.list_orders(in_progress);
    if (!listed) co_return listed.error();
    std::vector<store::known_order> out;
    std::size_t asked = 0;
    for (const auto& o : listed->items) {
        if (out.size() >= 1 || asked >= others_asked) break;
        std::string by = o.customer_site_code;
        if (key == store::search_key::line) {
            ++asked;
            auto detail = co_await api_.get_order(o.code);
            if (!detail && provider::cannot_be_asked(detail.error())) co_return detail.error();
            by = detail ? detail->line_id : std::string();
        }
        if (!by.empty()) out.push_back({o.code, by, true});
    }
    co_return out;
}

asio::awaitable<provider::result<control>> controls::ask_positive(store::search_key key)
{
    auto known = co_await store_.known_orders(key, settle_time_);
    if (known.empty()) {
        auto others = co_await known_of_others(key);
        if (!others && provider::cannot_be_asked(others.error())) co_return others.error();
        if (others) known = std::move(*others);
    }
    if (known.empty())
        co_return made(control::answer::impossible, "no order is known that a search could be tried with",
                       "検索を確かめるための既知のオーダがありません");
    std::string missed;
    for (const auto& k : known) {
        auto by = filter_of(key, k.key);
        auto found = co_await api_.list_orders(std::move(by));
        if (!found && provider::cannot_be_asked(found.error())) co_return found.error();
        if (found && lists(*found, k.code))
            co_return made(control::answer::good, "the known order " + k.code.text + " was found",
                           "既知のオーダ " + k.code.text + " が見つかりました");
        missed += (missed.empty() ? "" : ", ") + k.code.text;
        if (k.in_progress) break; // what is in progress is there; an older one may have been put away
    }
    co_return made(control::answer::bad,
                   "the known order " + missed + " was not found by its own line or site: searches cannot be believed",
                   "既知のオーダ " + missed + " が自身の回線ID・保守番号で見つからないため、検索結果を信用できません");
}

/// Asks by a key that cannot exist, and keeps how that was told.
asio::awaitable<std::optional<provider::failure>> controls::ask_negative(store::search_key key)
{
    auto& k = of(key);
    auto by = filter_of(key, std::string(key == store::search_key::line ? no_line : no_site));
    auto found = co_await api_.list_orders(std::move(by));
    if (!found && provider::cannot_be_asked(found.error())) co_return found.error();
    k.none.reset();
    if (!found) {
        k.none_words = provider::summary(found.error());
    } else if (found->none_by_error) {
        const auto& e = *found->none_by_error;
        k.none = none_told{e.status, e.errors.empty() ? std::string() : e.errors.front().code};
        k.none_words = provider::summary(e);
    } else {
        if (found->items.empty() && found->complete) k.none = none_told{};
        k.none_words = "a list of " + std::to_string(found->items.size());
    }
    k.none_at = time_.now();
    co_return std::nullopt;
}

asio::awaitable<provider::result<control>> controls::negative(store::search_key key, none_told seen)
{
    auto& k = of(key);
    while (k.asking) co_await k.done.wait();
    if (!fresh(k.none_at, k.none == seen ? timekeeper::duration(served) : served_bad)) {
        k.asking = true;
        std::exception_ptr thrown;
        std::optional<provider::failure> failed;
        try {
            failed = co_await ask_negative(key);
        } catch (...) {
            thrown = std::current_exception();
        }
        k.asking = false;
        k.done.notify();
        if (thrown) std::rethrow_exception(thrown);
        if (failed) co_return *failed;
        metrics_.search_controlled("negative", k.none ? "good" : "bad");
    }
    if (k.none == seen)
        co_return made(control::answer::good, "a key that cannot exist is told the same way",
                       "存在しないキーでも同じ応答でした");
    co_return made(control::answer::bad, "a key that cannot exist is told otherwise (" + k.none_words + ")",
                   "存在しないキーでは異なる応答でした（" + k.none_words + "）");
}

}
