#include "orderd/submission/controls.hpp"

#include "orderd/provider/told.hpp"

#include <algorithm>

namespace orderd::submission {
namespace {

using namespace std::chrono_literals;

constexpr auto served = 1min;           // a control counts for the searches of so long before and after it
constexpr auto served_bad = 10s;        // a bad one is soon asked again
constexpr std::size_t others_asked = 3; // orders of others that are asked for their line
// As long as real ones and of their letters; no line or site is called so.
constexpr std::string_view no_line = "ZZZ0000000000", no_site = "zzz-00000000";

provider::order_filter filter_of(order_type type, const std::string& value)
{
    provider::order_filter by;
    (type == order_type::start ? by.line_id : by.customer_site_code) = value;
    return by;
}

const provider::order_summary* find(const provider::listing<provider::order_summary>& found, const order_code& code)
{
    auto at = std::find_if(found.items.begin(), found.items.end(), [&](const auto& o) { return o.code == code; });
    return at == found.items.end() ? nullptr : &*at;
}

/// What a known order is told as that it is not; "" when type and day are right, or not told.
std::pair<std::string, std::string> told_wrong(const provider::order_summary& told, const store::known_order& known,
                                               order_type type)
{
    auto wanted = std::to_string(static_cast<int>(type));
    if (told.order_type.size() == 1 && told.order_type >= "1" && told.order_type <= "3" && told.order_type != wanted)
        return {"is told with the order type " + told.order_type + ", though it is " + wanted,
                "のオーダ種別が" + wanted + "ではなく" + told.order_type + "と示された"};
    auto day = provider::day_told(told.application_date);
    auto accepted = parse_yyyymmdd(known.accepted_on);
    if (day && accepted && days_between(day->day, *accepted) > (day->certain ? 1 : 2))
        return {"is told as applied for on " + told.application_date + ", though that was on " + known.accepted_on,
                "の申込日が" + known.accepted_on + "ではなく" + told.application_date + "と示された"};
    return {};
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
    : listed_(time), time_(time), store_(orders), api_(api), metrics_(m), settle_time_(settle_time)
{
    for (auto& one : kept_) one = std::make_unique<kept>(time);
}

bool controls::fresh(const std::optional<timekeeper::time_point>& at, timekeeper::duration for_so_long) const
{
    return at && time_.now() - *at < for_so_long;
}

asio::awaitable<provider::result<control>> controls::positive(order_type type, timekeeper::time_point since)
{
    auto& k = of(type);
    while (k.asking) co_await k.done.wait();
    bool bad = k.positive.is == control::answer::bad;
    if (fresh(k.at, bad ? timekeeper::duration(served_bad) : served) && *k.at >= since) co_return k.positive;
    k.asking = true;
    auto begun = time_.now();
    std::exception_ptr failed;
    provider::result<control> asked = control{};
    try {
        asked = co_await ask_positive(type);
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
asio::awaitable<provider::result<std::vector<store::known_order>>> controls::known_of_others(order_type type)
{
    provider::order_filter in_progress;
    in_progress.status = "1";
    auto listed = co_await api_.list_orders(in_progress);
    if (!listed) co_return listed.error();
    std::vector<store::known_order> out;
    std::size_t asked = 0;
    for (const auto& o : listed->items) {
        if (out.size() >= 1 || asked >= others_asked) break;
        if (o.order_type != std::to_string(static_cast<int>(type))) continue;
        std::string by = o.customer_site_code;
        if (type == order_type::start) {
            ++asked;
            auto detail = co_await api_.get_order(o.code);
            if (!detail && provider::cannot_be_asked(detail.error())) co_return detail.error();
            by = detail ? detail->line_id : std::string();
        }
        if (!by.empty()) out.push_back({o.code, by, true});
    }
    co_return out;
}

asio::awaitable<provider::result<control>> controls::ask_positive(order_type type)
{
    auto known = co_await store_.known_orders(type, settle_time_);
    if (known.empty()) {
        auto others = co_await known_of_others(type);
        if (!others && provider::cannot_be_asked(others.error())) co_return others.error();
        if (others) known = std::move(*others);
    }
    if (known.empty())
        co_return made(control::answer::impossible, "no order is known that a search could be tried with",
                       "検索を確かめるための既知のオーダがありません");
    std::string missed;
    for (const auto& k : known) {
        auto by = filter_of(type, k.key);
        auto found = co_await api_.list_orders(std::move(by));
        if (!found && provider::cannot_be_asked(found.error())) co_return found.error();
        const auto* told = found ? find(*found, k.code) : nullptr;
        if (told) {
            auto [wrong, wrong_japanese] = told_wrong(*told, k, type);
            if (!wrong.empty())
                co_return made(control::answer::bad, "the known order " + k.code.text + " " + wrong,
                               "既知のオーダ " + k.code.text + " " + wrong_japanese + "ため、検索結果を信用できません");
        }
        if (told)
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
asio::awaitable<std::optional<provider::failure>> controls::ask_negative(order_type type)
{
    auto& k = of(type);
    auto by = filter_of(type, std::string(type == order_type::start ? no_line : no_site));
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

asio::awaitable<provider::result<control>> controls::negative(order_type type, none_told seen)
{
    auto& k = of(type);
    while (k.asking) co_await k.done.wait();
    if (!fresh(k.none_at, k.none == seen ? timekeeper::duration(served) : served_bad)) {
        k.asking = true;
        std::exception_ptr thrown;
        std::optional<provider::failure> failed;
        try {
            failed = co_await ask_negative(type);
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

asio::awaitable<provider::result<std::optional<std::vector<provider::order_summary>>>>
controls::in_progress(timekeeper::time_point since)
{
    while (listing_) co_await listed_.wait();
    if (fresh(listed_at_, served) && *listed_at_ >= since) co_return listed_in_progress_;
    listing_ = true;
    auto begun = time_.now();
    provider::order_filter by;
    by.status = "1";
    auto listed = co_await api_.list_orders(std::move(by));
    listing_ = false;
    listed_.notify();
    if (!listed && provider::cannot_be_asked(listed.error())) co_return listed.error();
    listed_in_progress_.reset();
    if (listed && listed->unreadable.empty()) listed_in_progress_ = std::move(listed->items);
    listed_at_ = begun;
    co_return listed_in_progress_;
}

}
