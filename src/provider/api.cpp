#include "orderd/provider/api.hpp"
#include "around_list.hpp"
#include "failure_from.hpp"
#include "orderd/core/memory.hpp"
#include "orderd/provider/codec.hpp"

#include <algorithm>
#include <boost/url.hpp>
#include <unordered_set>
#include <utility>

namespace orderd::provider {
namespace {

constexpr int page_size = 9999; // `limit` and `offset` have at most 4 digits (RULINGS R3)
// A page of so many that comes again whatever is asked for may be a server's cap; fewer are taken for all there are.
constexpr std::size_t least_cap = 20;

std::string key_of(const order_summary& o) { return o.code.text; }
std::string key_of(const site_summary& s) { return s.code.text; }
std::string key_of(const product& p) { return p.customer_product_id + '\n' + p.code; }

/// Elements without a key, page by page: nothing but what they say tells those that came before.
template <class T>
class keyless_elements {
public:
    /// Without those that the page before had too: all where it came again, the first where offsets count from one.
    std::vector<unreadable_element<T>> new_ones(const std::vector<unreadable_element<T>>& page)
    {
        auto old = page.begin();
        if (page == before_)
            old = page.end();
        else if (!page.empty() && !before_.empty() && page.front() == before_.back())
            ++old;
        before_ = page;
        return {old, page.end()};
    }

private:
    std::vector<unreadable_element<T>> before_;
};

constexpr std::size_t shown = 16 * 1024; // of a body that is not kept
// What is kept of a list that others wait for, of one that is compared, too.
constexpr std::size_t big_list = 2u << 20, big_compared_list = 512u << 10;
constexpr list_bounds compared_list{100'000, 8u << 20};

list_bounds operator-(const list_bounds& most, const list_bounds& used)
{
    return {most.elements - std::min(used.elements, most.elements), most.bytes - std::min(used.bytes, most.bytes)};
}

/// A page's reader that waits for its turn where the list becomes a big one.
class waiting_taker final : public http::body_taker {
public:
    waiting_taker(http::body_taker& reader, std::function<bool()> big, async::turns& line, async::turns::turn& turn)
        : reader_(reader), big_(std::move(big)), line_(line), turn_(turn)
    {
    }
    void begin() override
    {
        taken_ = true;
        reader_.begin();
    }
    std::string take(std::string_view piece) override { return reader_.take(piece); }
    std::string beginning() const override { return reader_.beginning().substr(0, shown); }
    bool must_wait() const override { return !turn_ && big_(); }
    asio::awaitable<void> wait() override { turn_ = co_await line_.take(); }
    /// Whether the answer came through here.
    bool taken() const { return taken_; }

private:
    http::body_taker& reader_;
    std::function<bool()> big_;
    async::turns& line_;
    async::turns::turn& turn_;
    bool taken_ = false;
};

template <class T>
failure no_list(http::response& answer, std::string_view operation, const page_reader<T>& reader)
{
    if (answer.body.empty()) answer.body = reader.beginning();
    auto why = reader.refused();
    auto words = why.empty() ? std::string(" is not a list") : " is " + why;
    // Reading a long one to say what it is would cost more than it is worth.
    if (why.empty() && answer.body.size() <= short_answer) words += ": " + shape_of(answer.body);
    return unusable(answer, "the answer to " + std::string(operation) + words);
}

class api_over_transport final : public api {
public:
    api_over_transport(std::unique_ptr<transport> way, std::string base_path, std::string base_url)
        : base_path_(std::move(base_path)), base_url_(std::move(base_url)), way_(std::move(way))
    {
    }

    asio::awaitable<result<order_code>> post_order(order_request order, std::function<bool()> may_send) override
    {
        call what{"POST", "POST /orders", base_path_ + "/orders", encode(order), short_answer};
        auto answer = co_await way_->send(std::move(what), std::move(may_send));
        if (!answer) co_return answer.error();
        if (answer->status / 100 != 2) co_return failure_from(*answer);
        auto code = decode_created(answer->body);
        if (!code || repeats_request(code->text, order))
            co_return unusable(*answer, "a success without a usable orderCode");
        if (auto why = why_not_json(answer->fields); !why.empty()) co_return unusable(*answer, "POST /orders: " + why);
        co_return *code;
    }

    asio::awaitable<result<listing<order_summary>>> list_orders(order_filter filter) override
    {
        boost::urls::url target(base_path_ + "/orders");
        auto add = [&](std::string_view name, const std::string& value) {
            if (!value.empty()) target.params().append({name, value});
        };
        add("orderType", filter.order_type);
        add("status", filter.status);
        add("lineId", filter.line_id);
        add("customerSiteCode", filter.customer_site_code);
        add("caseName", filter.case_name);
        add("hopeToStartAtFrom", filter.hope_to_start_from);
        add("hopeToStartAtTo", filter.hope_to_start_to);
        auto read = [most = filter.compared ? compared_list : list_bounds{}](const list_bounds& used) {
            return read_orders(most - used, used.elements);
        };
        auto& big = filter.compared ? compared_ : big_;
        bool search = !filter.line_id.empty() || !filter.customer_site_code.empty();
        auto all = co_await all_pages<order_summary>("GET /orders", std::move(target), big, read,
                                                     search ? wanted::search : wanted::list);
        co_return all;
    }

    asio::awaitable<result<order_detail>> get_order(order_code code) override
    {
        boost::urls::url target(base_path_ + "/orders");
        target.segments().push_back(code.text);
        auto answer = co_await get("GET /orders/{orderCode}", target);
        if (!answer) co_return answer.error();
        if (answer->status != 200) co_return refusal(*answer, target, wanted::one_thing);
        auto detail = decode_order(answer->body);
        if (!detail)
            co_return with_url(unusable(*answer, "the answer is not an order: " + shape_of(answer->body)), *answer,
                               target);
        if (auto why = why_not_json(answer->fields); !why.empty())
            co_return unusable(*answer, "the detail of order " + code.text + ": " + why);
        if (detail->code.text.empty()) detail->code = code;
        if (detail->code != code) // of another order: nothing it says is about the one that was asked for
            co_return unusable(*answer, "order " + code.text + " was asked for, and " + detail->code.text + " came");
        co_return std::move(*detail);
    }

    asio::awaitable<result<site_detail>> get_site(site_code code) override
    {
        boost::urls::url target(base_path_ + "/customerSites");
        target.segments().push_back(code.text);
        auto answer = co_await get("GET /customerSites/{customerSiteCode}", target);
        if (!answer) co_return answer.error();
        if (answer->status != 200) co_return refusal(*answer, target, wanted::one_thing);
        auto detail = decode_site(answer->body);
        if (!detail)
            co_return with_url(
                unusable(*answer, "the answer for site " + code.text + " is not a site: " + shape_of(answer->body)),
                *answer, target);
        if (auto why = why_not_json(answer->fields); !why.empty())
            co_return unusable(*answer, "the detail of site " + code.text + ": " + why);
        if (detail->too_many_contracts)
            co_return unusable(*answer, "site " + code.text + " has more than " + std::to_string(most_contracts) +
                                            " contracts in the provider's answer");
        if (detail->code != code)
            co_return unusable(*answer, "site " + code.text + " was asked for, and " + detail->code.text + " came");
        co_return std::move(*detail);
    }

    asio::awaitable<result<listing<product>>> list_products() override
    {
        boost::urls::url target(base_path_ + "/customerProducts");
        auto read = [](const list_bounds& used) { return read_products(list_bounds{} - used, used.elements); };
        auto all = co_await all_pages<product>("GET /customerProducts", std::move(target), big_, read, wanted::list);
        if (all && all->none_by_error) co_return *all->none_by_error; // a catalogue is only replaced by a list
        co_return all;
    }

    asio::awaitable<result<listing<site_summary>>> list_sites(site_filter filter) override
    {
        boost::urls::url target(base_path_ + "/customerSites");
        auto add = [&](std::string_view name, const std::string& value) {
            if (!value.empty()) target.params().append({name, value});
        };
        add("status", filter.status);
        add("startAtFrom", filter.start_at_from);
        add("startAtTo", filter.start_at_to);
        auto read = [](const list_bounds& used) { return read_sites(list_bounds{} - used, used.elements); };
        auto all = co_await all_pages<site_summary>("GET /customerSites", std::move(target), big_, read, wanted::list);
        if (all && all->none_by_error && filter.status.empty()) co_return *all->none_by_error; // so is a list of sites
        co_return all;
    }

    asio::awaitable<result<std::monostate>> authenticate() override { return way_->authenticate(); }
    bool authenticated() const override { return way_->authenticated(); }
    std::optional<std::chrono::milliseconds> token_age() const override { return way_->token_age(); }

private:
    enum class wanted { one_thing, list, search };

    /// What an answer other than 200 says, with the URL where that may be what is wrong. A 404 that is not in the API's
    /// words says nothing about the thing or list that was asked for; that of a search is believed beside its controls.
    failure refusal(const http::response& answer, const boost::urls::url& target, wanted what) const
    {
        auto failed = failure_from(answer, true);
        bool doubtful = (answer.status == 403 || answer.status == 404) && !may_be_the_apis(answer, failed);
        if (doubtful && what != wanted::search && failed.kind == failure::what_happened::not_found)
            failed.kind = failure::what_happened::forbidden;
        bool silent = answer.status == 404 && failed.errors.empty() && what != wanted::one_thing;
        if (doubtful || silent || failed.kind == failure::what_happened::redirected) failed.asked = url_of(target);
        return failed;
    }

    /// An answer that does not hold what it should; with the URL where it is a page, which no API gives.
    failure with_url(failure failed, const http::response& answer, const boost::urls::url& target) const
    {
        auto begin = answer.body.find_first_not_of(" \t\r\n");
        if (begin != answer.body.npos && answer.body[begin] == '<') failed.asked = url_of(target);
        return failed;
    }

    std::string url_of(const boost::urls::url& target) const
    {
        std::string path(target.encoded_path());
        return base_url_.empty() ? path : base_url_ + path.substr(std::min(path.size(), base_path_.size()));
    }

    asio::awaitable<result<http::response>> get(std::string_view operation, const boost::urls::url& target,
                                                http::body_taker* taker = nullptr)
    {
        auto limit = taker ? long_answer : short_answer;
        return way_->send({"GET", std::string(operation), std::string(target.buffer()), {}, limit, taker}, nullptr);
    }

    /// Every page, offsets counted both ways (RULINGS R3). A page that is shorter than asked may be the server's own
    /// cap: the end is a page that brings nothing new (R15).
    template <class T, class F>
    asio::awaitable<result<listing<T>>> all_pages(std::string_view operation, boost::urls::url target,
                                                  async::turns& big, F read, wanted what)
    {
        listing<T> all;
        list_bounds used{0, 0};
        std::unordered_set<std::string> seen;
        keyless_elements<T> without_key;
        std::optional<long> total;
        std::string against_whole; // of the last page that had elements
        std::size_t largest = 0;   // elements of a page
        bool from_one = false;     // offsets count from 1, as far as a page shows that brings nothing new
        while (true) {
            auto received = all.items.size() + all.unreadable.size();
            auto page_target = target;
            page_target.params().append({"limit", std::to_string(page_size)});
            if (received) page_target.params().append({"offset", std::to_string(received + from_one)});
            auto reader = read(used);
            auto is_big = [&] {
                return used.bytes + reader->cost() > (&big == &compared_ ? big_compared_list : big_list);
            };
            waiting_taker taker(*reader, is_big, big, all.turn);
            auto answer = co_await get(operation, page_target, &taker);
            if (!answer) co_return answer.error();
            if (answer->status != 200) {
                auto failed = refusal(*answer, target, what);
                if (failed.kind != failure::what_happened::not_found) co_return failed;
                if (received == 0) all.none_by_error = std::move(failed);
                break;
            }
            if (!taker.taken()) reader->take(answer->body); // the transport brought it in one piece
            auto page = reader->end();
            if (!page) {
                auto failed = no_list(*answer, operation, *reader); // which looks for the answer's beginning
                co_return with_url(std::move(failed), *answer, target);
            }
            if (auto why = why_not_json(answer->fields); !why.empty()) {
                if (answer->body.empty()) answer->body = reader->beginning();
                co_return unusable(*answer, std::string(operation) + ": " + why);
            }
            auto count = page->items.size() + page->unreadable.size();
            auto head = around_list(answer->fields, received);
            if (auto why = count == 0 ? why_not_empty(head) : ""; !why.empty())
                co_return unusable(*answer, "the answer to " + std::string(operation) + " is " + why);
            for (auto told : {head.total, page->total})
                if (told) total = std::max(total.value_or(0), *told);
            if (count > 0) against_whole = page->against_whole.empty() ? head.against_whole : page->against_whole;
            bool brought_new = false;
            for (auto& item : page->items)
                if (seen.insert(key_of(item)).second) {
                    used.bytes += cost_of(item);
                    all.items.push_back(std::move(item));
                    brought_new = true;
                }
            for (auto& element : without_key.new_ones(page->unreadable)) {
                used.bytes += cost_of(element);
                all.unreadable.push_back(std::move(element));
                brought_new = true;
            }
            used.elements = all.items.size() + all.unreadable.size();
            largest = std::max(largest, count);
            bool no_keys = count > 0 && page->items.empty();
            bool may_be_from_one = no_keys || (count == 1 && largest == 1);
            if (!brought_new && may_be_from_one && !std::exchange(from_one, true)) continue;
            if (!brought_new) {
                if (no_keys) all.not_whole = "the list ends in elements without a key, and may have more of them";
                all.beyond_reach = received > 0 && count >= least_cap; // the same page again: the server does not page
                break;
            }
            if (all.items.size() + all.unreadable.size() > 9999) {
                all.beyond_reach = true;
                break;
            }
        }
        if (total && *total > static_cast<long>(all.items.size() + all.unreadable.size())) all.beyond_reach = true;
        if (!against_whole.empty())
            all.not_whole = "the provider's list says by \"" + against_whole + "\" that it is not whole";
        all.complete = !all.beyond_reach && all.not_whole.empty() && all.unreadable.empty();
        co_return all;
    }

    std::string base_path_, base_url_;
    async::turns big_{give_back_memory}, compared_{give_back_memory};
    std::unique_ptr<transport> way_;
};

}

std::string why_no_catalogue(const listing<product>& listed)
{
    auto elements = listed.items.size() + listed.unreadable.size();
    if (elements == 0) return "the provider lists no product for this customer; check the contract with it";
    if (std::any_of(listed.items.begin(), listed.items.end(), [](const product& p) { return p.main(); })) return {};
    auto why = "no main product can be recognised among the " + std::to_string(elements) +
               " products that the provider lists: ";
    return why + (listed.unreadable.empty() ? "none has the productType 1" : listed.unreadable.front().why);
}

order_filter filter_by(order_type type, std::string line_or_site)
{
    order_filter by;
    (type == order_type::start ? by.line_id : by.customer_site_code) = std::move(line_or_site);
    return by;
}

std::unique_ptr<api> make_api(std::unique_ptr<transport> way, std::string base_path, std::string base_url)
{
    return std::make_unique<api_over_transport>(std::move(way), std::move(base_path), std::move(base_url));
}

std::unique_ptr<api> make_api(asio::any_io_executor on, const api_options& options, logger& log, metrics& m)
{
    return make_api(make_http_transport(std::move(on), options, log, m), options.base_path, options.base_url);
}

}
