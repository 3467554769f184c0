#include "world.hpp"

#include <algorithm>

namespace orderd::simulator {
namespace {

const api_error line_state{"4000139", "アクセス回線状態エラー。「入力した回線の契約内容の誤り（存在しない、無効、回線が"
                                      "廃止済み）」もしくは「移転・品目変更をNTT側」"};
const api_error no_such_site{"4000137", "指定された保守番号に該当する情報が存在しません。"};

std::string live_key(const placed_order& o)
{
    if (o.type == "1") return "1:" + o.line_id;
    if (o.type == "3") return "3:" + o.site_code;
    return {};
}

/// One order for each change type, the adding one first.
std::vector<placed_order> split(const placed_order& whole)
{
    std::vector<placed_order> parts;
    for (std::string_view type : {"1", "3"}) {
        auto part = whole;
        std::erase_if(part.products, [&](const auto& p) { return p.change_type != type; });
        if (part.products.empty()) continue;
        json::array products;
        for (const auto& p : part.products)
            products.push_back(json::object{{"changeType", p.change_type}, {"productCode", p.code}});
        part.body["products"] = std::move(products);
        parts.push_back(std::move(part));
    }
    return parts;
}

}

std::string world::random_text(std::size_t length)
{
    static constexpr std::string_view letters = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    std::string out;
    for (std::size_t i = 0; i < length; ++i) out += letters[random_() % letters.size()];
    return out;
}

const placed_order* world::order(const std::string& code) const
{
    auto at = order_by_code_.find(code);
    return at == order_by_code_.end() ? nullptr : &orders_[at->second];
}

const site* world::find_site(const std::string& code) const
{
    auto at = site_by_code_.find(code);
    return at == site_by_code_.end() ? nullptr : &sites_[at->second];
}

std::optional<api_error> world::check_line(const placed_order& o, const settings& with) const
{
    if (!with.refused_line_prefix.empty() && o.line_id.starts_with(with.refused_line_prefix)) return line_state;
    if (!with.line_guard) return std::nullopt;
    if (live_by_key_.contains(live_key(o)) || site_by_line_.contains(o.line_id)) return line_state;
    return std::nullopt;
}

std::optional<api_error> world::check_site(placed_order& o, const settings& with)
{
    const auto* there = find_site(o.site_code);
    if (!there || there->status != "1") return no_such_site;
    o.site_name = there->name;
    o.case_name = there->case_name;
    o.line_id = there->line_id;
    if (o.type == "3") {
        auto live = live_by_key_.find(live_key(o));
        if (live != live_by_key_.end() && with.line_guard) {
            if (o.overwrite != "1") return line_state;
            end(orders_[live->second], "4"); // the new end replaces the old one
        }
    }
    return std::nullopt;
}

std::variant<std::string, api_error> world::place(const json::value& body, const settings& with, clock::time_point now,
                                                  bool foreign)
{
    auto read = read_order(body);
    if (auto* error = std::get_if<api_error>(&read)) return *error;
    auto order = std::move(std::get<placed_order>(read));
    for (const auto& p : order.products)
        if (p.change_type != "3" && with.not_sold.contains(p.code))
            return api_error{"4000137", "指定された商品要素に該当する情報が存在しません。"};
    auto error = order.type == "1" ? check_line(order, with) : check_site(order, with);
    if (error) return *error;
    order.foreign = foreign;
    if (order.type != "2" || !with.split_changes) return enter(std::move(order), with, now);
    std::string first;
    for (auto& part : split(order)) {
        auto code = enter(std::move(part), with, now);
        if (first.empty()) first = code;
    }
    return first;
}

std::string world::enter(placed_order order, const settings& with, clock::time_point now)
{
    auto number = std::to_string(orders_.size() + 1);
    order.code = order.customer_code + std::string(8 - std::min<std::size_t>(8, number.size()), '0') + number;
    order.application_date = today();
    order.placed_at = now;
    order.came = std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
    order.ends_at = now + std::chrono::milliseconds(
                              std::uniform_int_distribution<int>(with.progress_min_ms, with.progress_max_ms)(random_));
    order.ends_as = choose_end(order, with);
    auto index = orders_.size();
    order_by_code_[order.code] = index;
    if (auto key = live_key(order); !key.empty()) live_by_key_[key] = index;
    if (order.ends_as != "1") ending_.emplace(order.ends_at, index);
    auto code = order.code;
    orders_.push_back(std::move(order));
    return code;
}

std::string world::choose_end(const placed_order& o, const settings& with)
{
    for (const auto& [pattern, status] : with.outcome_patterns)
        if (o.site_name.find(pattern) != std::string::npos || o.case_name.find(pattern) != std::string::npos)
            return status;
    double dice = std::uniform_real_distribution<double>(0, 1)(random_);
    if ((dice -= with.share_failed) < 0) return "3";
    if ((dice -= with.share_cancelled) < 0) return "4";
    if ((dice -= with.share_partially_failed) < 0) return "5";
    return "2";
}

void world::advance(const settings&, clock::time_point now)
{
    while (!ending_.empty() && ending_.top().first <= now) {
        auto& order = orders_[ending_.top().second];
        ending_.pop();
        end(order, order.ends_as);
    }
}

bool world::end_order(const std::string& code, const std::string& status)
{
    auto at = order_by_code_.find(code);
    if (at == order_by_code_.end()) return false;
    end(orders_[at->second], status);
    return true;
}

void world::end(placed_order& o, const std::string& status)
{
    if (o.status != "1") return;
    o.status = status;
    live_by_key_.erase(live_key(o));
    for (auto& p : o.products) p.status = status == "5" ? "2" : status;
    if (status == "3")
        for (auto& p : o.products) p.error = "回線工事の手配ができませんでした。";
    if (status == "5") {
        o.products.back().status = "3";
        o.products.back().error = "オプションを手配できませんでした。";
    }
    if (status != "2" && status != "5") return;
    if (o.type == "1") {
        o.site_code = open_site(o);
        o.global_ip = find_site(o.site_code)->global_ip;
        return;
    }
    auto& there = sites_[site_by_code_.at(o.site_code)];
    if (o.type == "3") {
        there.status = "2";
        there.end_at = o.hope_to_end_at.size() == 8 ? o.hope_to_end_at : today();
        for (auto& c : there.contracts) c.end_at = there.end_at;
        site_by_line_.erase(there.line_id);
        return;
    }
    for (const auto& p : o.products) {
        if (p.status != "2") continue;
        if (p.change_type == "1")
            there.contracts.push_back({p.code, today(), ""});
        else
            std::erase_if(there.contracts, [&](const auto& c) { return c.code == p.code; });
    }
}

std::string world::open_site(const placed_order& o)
{
    site s;
    s.name = o.site_name;
    s.case_name = o.case_name;
    s.customer_code = o.customer_code;
    s.start_at = today();
    s.line_id = o.line_id;
    s.line_access_key = o.line_access_key;
    s.order = o.body;
    for (const auto& p : o.products) {
        if (p.status == "3") continue;
        s.contracts.push_back({p.code, s.start_at, ""});
        const auto* sold = find_product(p.code);
        if (sold->type != 1) continue;
        s.dedicated = sold->cpe == "1";
        s.mf_course = sold->course == "3";
    }
    return keep(std::move(s));
}

std::pair<std::string, std::string> world::add_sites(std::size_t count, const sold_product& sold)
{
    using namespace std::chrono;
    auto now = floor<days>(system_clock::now() + hours(9)); // in Japan
    std::pair<std::string, std::string> codes;
    for (std::size_t i = 0; i < count; ++i) {
        year_month_day day(now - days(i * 730 / count));
        site s;
        auto number = std::to_string(sites_.size() + 1);
        s.name = "既存拠点" + number;
        s.case_name = "既存";
        s.customer_code = "A10000105";
        s.start_at =
            std::to_string(static_cast<int>(day.year()) * 10'000 + static_cast<int>(unsigned(day.month())) * 100 +
                           static_cast<int>(unsigned(day.day())));
        s.line_id = "CAF7" + std::string(9 - std::min<std::size_t>(9, number.size()), '0') + number;
        s.line_access_key = random_text(8);
        s.contracts.push_back({sold.code, s.start_at, ""});
        s.dedicated = sold.cpe == "1";
        s.mf_course = sold.course == "3";
        codes.second = keep(std::move(s));
        if (i == 0) codes.first = codes.second;
    }
    return codes;
}

/// Gives a site its number, address and secrets.
std::string world::keep(site s)
{
    auto n = sites_.size() + 1;
    s.code = "int-" + std::to_string(10000000 + n);
    s.number = std::to_string(6000000 + n);
    s.global_ip = "10." + std::to_string(n >> 16 & 255) + "." + std::to_string(n >> 8 & 255) + "." +
                  std::to_string(n & 255) + "/32";
    s.psk1 = random_text(30);
    s.psk2 = random_text(30);
    s.tunnel_user = "u" + std::to_string(1234500000 + n);
    s.tunnel_password = random_text(8);
    auto code = s.code;
    site_by_code_[code] = sites_.size();
    site_by_line_[s.line_id] = sites_.size();
    sites_.push_back(std::move(s));
    return code;
}

}
