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
    if (auto told_type = order_type_from(told.order_type); told_type && *told_type != type)
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
    control out;
    out.is = is;
    out.english = std::move(english);
    out.japanese = std::move(japanese);
    return out;
}

control not_found(const std::string& codes)
{
    return made(control::answer::bad,
                "the known order " + codes + " was not found by its own line or site: searches cannot be believed",
                "既知のオーダ " + codes + " が自身の回線ID・保守番号で見つからないため、検索結果を信用できません");
}

/// What is known when the order `k` was found, told as `told`.
control good(const store::known_order& k, const provider::order_summary& told, order_type type)
{
    auto out = made(control::answer::good, "the known order " + k.code.text + " was found",
                    "既知のオーダ " + k.code.text + " が見つかりました");
    if (told.status == "1") out.in_progress = k.code;
    out.name_sent = k.site_name;
    out.name_told = told.customer_site_name;
    out.day_sent = k.wanted_day;
    out.day_told = type == order_type::start ? told.hope_to_start_at : told.hope_to_end_at;
    return out;
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

none_told told_by(const provider::failure& f)
{
    return {f.status, f.errors.empty() ? std::string() : f.errors.front().code};
}

controls::controls(timekeeper& time, store::order_store& orders, provider::api& api, metrics& m,
                   std::chrono::milliseconds settle_time)
    : listing_(time), time_(time), store_(orders), api_(api), metrics_(m), settle_time_(settle_time)
{
    for (auto& one : kept_) one = std::make_unique<kept>(time);
}

asio::awaitable<void> controls::turn::wait_for_others()
{
    while (taken_) co_await done_.wait();
}

asio::awaitable<void> controls::turn::take(std::function<asio::awaitable<void>()> work)
{
    taken_ = true;
    std::exception_ptr thrown;
    try {
        co_await work();
    } catch (...) {
        thrown = std::current_exception();
    }
    taken_ = false;
    done_.notify();
    if (thrown) std::rethrow_exception(thrown);
}

bool controls::fresh(const std::optional<timekeeper::time_point>& at, timekeeper::duration for_so_long) const
{
    return at && time_.now() - *at < for_so_long;
}

asio::awaitable<provider::result<control>> controls::positive(order_type type, timekeeper::time_point since)
{
    auto& k = of(type);
    co_await k.asking.wait_for_others();
    bool good = k.positive.is == control::answer::good;
    if (fresh(k.at, good ? timekeeper::duration(served) : served_bad) && *k.at >= since) co_return k.positive;
    auto begun = time_.now();
    provider::result<control> asked = control{};
    std::function<asio::awaitable<void>()> ask = [&]() -> asio::awaitable<void> {
        asked = co_await ask_positive(type);
    };
    co_await k.asking.take(ask);
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
        if (order_type_from(o.order_type) != type) continue;
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
    std::string missed;
    if (!known.empty()) {
        auto found = co_await find_one_of(known, type, missed);
        if (!found) co_return found.error();
        if (found->is != control::answer::not_asked) co_return *found;
    }
    // None of ours is there any more, or there never was one.
    auto others = co_await known_of_others(type);
    if (!others && provider::cannot_be_asked(others.error())) co_return others.error();
    if (others && !others->empty()) {
        auto found = co_await find_one_of(*others, type, missed);
        if (!found) co_return found.error();
        if (found->is != control::answer::not_asked) co_return *found;
    }
    if (missed.empty())
        co_return made(control::answer::impossible, "no order is known that a search could be tried with",
                       "検索を確かめるための既知のオーダがありません");
    co_return not_found(missed);
}

asio::awaitable<provider::result<control>> controls::find_one_of(std::vector<store::known_order> known, order_type type,
                                                                 std::string& missed)
{
    bool put_away = false; // ended, and perhaps shown by no search any more
    for (const auto& k : known) {
        auto by = provider::filter_by(type, k.key);
        auto found = co_await api_.list_orders(std::move(by));
        if (!found && provider::cannot_be_asked(found.error())) co_return found.error();
        const auto* told = found ? find(*found, k.code) : nullptr;
        if (told) {
            auto [wrong, wrong_japanese] = told_wrong(*told, k, type);
            if (!wrong.empty())
                co_return made(control::answer::bad, "the known order " + k.code.text + " " + wrong,
                               "既知のオーダ " + k.code.text + " " + wrong_japanese + "ため、検索結果を信用できません");
        }
        if (told) co_return good(k, *told, type);
        missed += (missed.empty() ? "" : ", ") + k.code.text;
        put_away |= !k.in_progress;
        if (!k.in_progress) continue;
        // A search that leaves out what is in progress may leave out others, too. What the provider does not know
        // though it is long accepted is not left out.
        auto detail = co_await api_.get_order(k.code);
        if (!detail && provider::cannot_be_asked(detail.error())) co_return detail.error();
        bool gone = !detail && k.long_accepted && detail.error().kind == provider::failure::what_happened::not_found;
        if (!gone) co_return not_found(k.code.text);
    }
    if (put_away) co_return not_found(missed);
    co_return control{};
}

/// Asks by a key that cannot exist, and keeps how that was told.
asio::awaitable<std::optional<provider::failure>> controls::ask_negative(order_type type)
{
    auto& k = of(type);
    auto by = provider::filter_by(type, std::string(type == order_type::start ? no_line : no_site));
    auto found = co_await api_.list_orders(std::move(by));
    if (!found && provider::cannot_be_asked(found.error())) co_return found.error();
    k.none.reset();
    if (!found) {
        k.none_words = provider::summary(found.error());
    } else if (found->none_by_error) {
        k.none = told_by(*found->none_by_error);
        k.none_words = provider::summary(*found->none_by_error);
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
    co_await k.asking.wait_for_others();
    if (!fresh(k.none_at, k.none == seen ? timekeeper::duration(served) : served_bad)) {
        std::optional<provider::failure> failed;
        std::function<asio::awaitable<void>()> ask = [&]() -> asio::awaitable<void> {
            failed = co_await ask_negative(type);
        };
        co_await k.asking.take(ask);
        if (failed) co_return *failed;
        metrics_.search_controlled("negative", k.none ? "good" : "bad");
    }
    if (k.none == seen)
        co_return made(control::answer::good, "a key that cannot exist is told the same way",
                       "存在しないキーでも同じ応答でした");
    co_return made(control::answer::bad, "a key that cannot exist is told otherwise (" + k.none_words + ")",
                   "存在しないキーでは異なる応答でした（" + k.none_words + "）");
}

asio::awaitable<provider::result<std::optional<orders_in_progress>>> controls::in_progress(timekeeper::time_point since)
{
    co_await listing_.wait_for_others();
    if (fresh(listed_at_, served) && *listed_at_ >= since) co_return listed_in_progress_;
    auto begun = time_.now();
    provider::result<provider::listing<provider::order_summary>> listed = provider::listing<provider::order_summary>{};
    std::function<asio::awaitable<void>()> ask = [&]() -> asio::awaitable<void> {
        provider::order_filter by;
        by.status = "1";
        listed = co_await api_.list_orders(std::move(by));
    };
    co_await listing_.take(ask);
    if (!listed && provider::cannot_be_asked(listed.error())) co_return listed.error();
    listed_in_progress_.reset();
    if (listed && listed->not_whole.empty())
        listed_in_progress_ = {std::move(listed->items), std::move(listed->unreadable)};
    listed_at_ = begun;
    co_return listed_in_progress_;
}

}
