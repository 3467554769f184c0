#include "memory_transport.hpp"

#include <algorithm>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/url.hpp>

namespace orderd::simulation {
namespace {

using provider::failure;
using what = failure::what_happened;
namespace json = boost::json;

failure failed(what kind)
{
    failure f;
    f.kind = kind;
    f.text = std::string(provider::name(kind));
    return f;
}

http::response answer(int status, std::string body)
{
    http::response r;
    r.status = status;
    r.body = std::move(body);
    return r;
}
http::response error(int status, const std::string& code)
{
    return answer(status, json::serialize(json::object{
                              {"errors", json::array{json::object{{"errorCode", code}, {"errorMessage", "words"}}}}}));
}

/// Tells one member as an object of which nobody knows what it says.
void put_into_object(json::object& told, const manners& m)
{
    auto* at = told.if_contains(m.object_member);
    if (at && at->is_string()) *at = json::object{{"value", std::move(*at)}};
}

json::object listed(memory_provider& there, const created_order& o, const manners& m, time_point seen)
{
    using namespace simulator;
    const auto& hand = m.hand;
    auto type = std::to_string(static_cast<int>(o.type));
    json::object out{
        {"orderCode", o.code},
        {"orderType", written_number(m.list_tells_one_type || m.all_tell_one_type ? "1" : type, true, hand)},
        {"customerSiteCode", o.site_code.empty() ? json::value(nullptr) : json::value(o.site_code)},
        {"customerSiteName", written_name(o.site_name, hand)},
        {"status", written_number(o.status(seen), false, hand)},
        {"applicationDate", written_day(there.day_of(o.created), hand)},
        {"hopeToStartAt", told_wanted_day(o.hope_to_start_at, m)},
        {"hopeToEndAt", told_wanted_day(o.hope_to_end_at, m)}};
    put_into_object(out, m);
    if (m.types_are_words) out["orderType"] = "申込";
    if (m.statuses_are_words) out["status"] = "確認中";
    if (o.without_code && there.weather_is_bad) out.erase("orderCode");
    if (o.type == order_type::change && m.change_type_told != "none")
        out["changeType"] = written_number(std::to_string(o.products.front().change_type), false, hand);
    return out;
}

json::object detailed(memory_provider& there, const created_order& o, const manners& m, time_point seen)
{
    using namespace simulator;
    const auto& hand = m.hand;
    auto plain = m;
    plain.list_tells_one_type = false;
    auto out = listed(there, o, plain, seen);
    out["customerCode"] = o.customer_code;
    out["caseName"] = written_name(o.case_name, hand);
    put_into_object(out, m);
    out["lineId"] = o.line_id;
    out["lineAccessKey"] = o.access_key;
    if (!o.overwrite.empty()) out["overwriteCheckFlag"] = written_number(o.overwrite, false, hand);
    if (hand.detail_contracts == "none") return out;
    json::array contracts;
    for (const auto& p : o.products) {
        json::object c{{"productCode", p.product_code}, {"productType", written_number("1", true, hand)}};
        if (o.type == order_type::change && m.change_type_told == "product")
            c["changeType"] = written_number(std::to_string(p.change_type), false, hand);
        contracts.push_back(std::move(c));
    }
    if (hand.detail_contracts == "site" && o.type != order_type::start)
        contracts.push_back(
            json::object{{"productCode", "0-0-0-0-0"}, {"productType", written_number("2", true, hand)}});
    if (m.contracts_are_no_list)
        out["contracts"] = contracts.empty() ? json::value(nullptr) : contracts.front();
    else
        out["contracts"] = std::move(contracts);
    return out;
}

http::response none(const simulator::handwriting& hand)
{
    if (hand.none_as == "4000137") return error(400, "4000137");
    if (hand.none_as == "404") return error(404, "404");
    return answer(200, written_text(written_list({}, hand), hand));
}

}

http::response answer_to(memory_provider& there, const std::string& target, time_point seen)
{
    const auto& m = there.now_usual();
    auto url = *boost::urls::parse_origin_form(target);
    std::string path(url.encoded_path());
    if (path.find("/customerProducts") != path.npos)
        return answer(200, R"([{"productCode":"1-1-1-1-2","productType":1,"customerProductId":1}])");
    if (auto at = path.find("/orders/"); at != path.npos) {
        auto code = path.substr(at + 8);
        for (const auto& o : there.book)
            if (o.code == code && o.created <= seen - m.details_lag && !(o.foreign && m.hides_details_of_others))
                return answer(200, written_text(detailed(there, o, m, seen), m.hand));
        return error(400, "4000137");
    }
    std::map<std::string, std::string> by;
    for (auto p : url.params()) by[p.key] = p.value;
    bool searched = by.contains("lineId") || by.contains("customerSiteCode");
    auto passes = [&](const created_order& o) {
        if (o.created > seen || (o.gone && there.weather_is_bad)) return false;
        if (m.hand.filters_ignored) return true;
        if (searched && (there.faults.blind || (o.hidden && there.weather_is_bad))) return false;
        auto equal = [&](const char* name, const std::string& value) {
            return !by.contains(name) || by[name] == value;
        };
        return equal("lineId", o.line_id) && equal("customerSiteCode", o.site_code) &&
               equal("status", o.status(seen)) && equal("orderType", std::to_string(static_cast<int>(o.type)));
    };
    auto first = by.contains("offset") ? std::stoul(by["offset"]) : 0;
    if (first > 0) first -= static_cast<unsigned long>(m.offset_base);
    if (m.only_first_page) first = 0;
    auto count = by.contains("limit") ? std::stoul(by["limit"]) : 9999;
    if (m.hand.limit_cap > 0) count = std::min(count, static_cast<unsigned long>(m.hand.limit_cap));
    json::array out;
    std::size_t number = 0;
    bool misplaced = false;
    for (const auto& o : there.book) {
        if (!passes(o)) continue;
        misplaced = misplaced || (searched && o.misplaced && there.weather_is_bad);
        if (number++ >= first && out.size() < count) out.push_back(listed(there, o, m, seen));
    }
    if (misplaced) return error(404, "404");
    if (number == 0) return none(m.hand);
    return answer(200, written_text(written_list(std::move(out), m.hand), m.hand));
}

asio::awaitable<void> memory_transport::wait(duration how_long)
{
    auto initiate = [this, how_long](auto handler) {
        auto executor = asio::get_associated_executor(handler);
        auto kept = std::make_shared<decltype(handler)>(std::move(handler));
        time_.call_at(time_.now() + how_long,
                      [kept, executor] { asio::post(executor, [kept] { std::move (*kept)(); }); });
    };
    return asio::async_initiate<const asio::use_awaitable_t<>, void()>(initiate, asio::use_awaitable);
}

asio::awaitable<provider::result<http::response>> memory_transport::send(provider::call what_for,
                                                                         std::function<bool()> may_send)
{
    co_await place_();
    if (what_for.method == "POST") co_return co_await order(std::move(what_for.body), std::move(may_send));
    co_return co_await read(std::move(what_for));
}

asio::awaitable<provider::result<http::response>> memory_transport::read(provider::call asked)
{
    auto& world = provider_.world();
    auto& f = provider_.faults;
    provider_.arrivals.push_back(world.now());
    auto seen = world.now() - (f.stalest > 0s ? world.between(0s, f.stalest) : 0s);
    co_await wait(world.between(5ms, 500ms));
    if (f.away) co_return failed(what::not_sent);
    if (f.maintenance) co_return error(503, "5000101");
    if (world.chance(f.read_fails)) {
        if (world.chance(0.5)) co_return failed(what::unknown);
        co_return error(500, "5000102");
    }
    co_return answer_to(provider_, asked.target, seen);
}

asio::awaitable<provider::result<http::response>> memory_transport::order(std::string text,
                                                                          std::function<bool()> may_send)
{
    auto& world = provider_.world();
    auto& f = provider_.faults;
    co_await wait(world.between(0ms, 30ms)); // a connection is made
    if (!may_send()) co_return failed(what::kept_back);
    if (f.away || world.chance(f.not_sent)) {
        co_await wait(world.between(1ms, 2s));
        co_return failed(what::not_sent);
    }
    auto body = json::parse(text).as_object();
    auto request = provider_.next_request();
    provider_.arrivals.push_back(world.now());
    provider_.sent(request, process_);
    auto latency = world.between(5ms, 300ms);
    struct home {
        memory_provider& at;
        std::uint64_t request;
        ~home() { at.came_home(request); }
    } coming{provider_, request};

    if (f.maintenance) {
        co_await wait(latency);
        co_return error(503, "5000101");
    }
    if (world.chance(f.dropped)) {
        co_await wait(world.chance(0.5) ? timeout_ : latency);
        co_return failed(what::unknown);
    }
    if (world.chance(f.late)) { // performed when the client is gone
        auto latest =
            std::max<duration>(timeout_, std::chrono::duration_cast<duration>(settle_ * f.latest) - f.stalest);
        world.after(world.between(timeout_ / 2, latest),
                    [body, request, there = &provider_] { there->perform(body, request); });
        co_await wait(world.chance(0.7) ? timeout_ : latency);
        co_return failed(what::unknown);
    }
    if (world.chance(f.error_before)) {
        co_await wait(latency);
        co_return error(500, "5000102");
    }
    if (world.chance(f.throttled)) {
        co_await wait(latency);
        auto slow = error(429, "429");
        if (world.chance(0.5)) slow.fields = {{"Retry-After", std::to_string(1 + world.below(30))}};
        if (world.chance(0.3)) // the gateway's own words for it
            slow = answer(500, R"({"fault":{"faultstring":"Spike arrest violation","detail":{"errorcode":)"
                               R"("policies.ratelimit.SpikeArrestViolation"}}})");
        co_return slow;
    }
    if (world.chance(f.unauthorized)) {
        co_await wait(latency);
        co_return error(401, "401");
    }
    if (world.chance(f.forbidden)) {
        co_await wait(latency);
        co_return error(403, "403");
    }
    // It is performed whatever becomes of this process.
    auto made = std::make_shared<std::string>();
    world.after(latency / 2, [made, body, request, there = &provider_] { *made = there->perform(body, request); });
    if (world.chance(f.duplicated)) // a gateway sends it twice
        world.after(latency + 1s, [body, request, there = &provider_] { there->perform(body, request); });
    // It sends it twice at once, and the answer to the second is what comes.
    bool repeated = body.at("orderType") != "2" && world.chance(f.repeated);
    if (repeated)
        world.after(latency * 3 / 4,
                    [made, body, request, there = &provider_] { *made = there->perform(body, request); });
    co_await wait(latency);
    if (world.chance(f.answer_lost)) {
        if (world.chance(0.5)) co_await wait(timeout_ - latency);
        co_return failed(what::unknown);
    }
    if (world.chance(f.error_after)) co_return error(502, "502");
    if (world.chance(f.unusable)) co_return answer(201, world.chance(0.5) ? "{}" : "<html>");
    if (made->empty()) co_return error(400, "4000139");
    auto told = world.chance(f.wrong_code) ? provider_.another_of_ours(*made) : *made;
    co_return answer(201, json::serialize(json::object{{"orderCode", told}}));
}

}
