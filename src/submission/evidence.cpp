#include "orderd/submission/evidence.hpp"
#include "orderd/core/text.hpp"
#include "orderd/provider/told.hpp"
#include "orderd/submission/alike.hpp"
#include "orderd/submission/wanted_day.hpp"

#include <algorithm>

namespace orderd::submission {
namespace {

using namespace std::chrono_literals;
using order = store::doubtful_order;
using summary = provider::order_summary;

constexpr auto clocks_differ = 10min; // between the database and the provider, at most

bool known_status(const std::string& status) { return status == "1" || provider::ended(status); }

/// A member of the list, or of the detail where the list does not tell it.
const std::string& told(const element& e, std::string summary::*member)
{
    if (!(e.listed.*member).empty() || !e.detail) return e.listed.*member;
    return (*e.detail).*member;
}

/// Whether a member is told at all, and in list and detail alike fulfils `excludes`: one of them may be wrong. The list
/// alone excludes nothing.
template <class F>
bool both_exclude(const element& e, std::string summary::*member, F excludes)
{
    if (!e.detail) return false;
    const auto& listed = e.listed.*member;
    const auto& detailed = (*e.detail).*member;
    if (listed.empty() && detailed.empty()) return false;
    return (listed.empty() || excludes(listed)) && (detailed.empty() || excludes(detailed));
}

bool other_type(const element& e, const order& o)
{
    return both_exclude(e, &summary::order_type, [&](const std::string& told_as) {
        auto type = order_type_from(told_as);
        return type && *type != o.type;
    });
}

/// It has ended, as far as list and detail tell.
bool has_ended(const element& e)
{
    return told(e, &summary::status) != "1" || (e.detail && !e.detail->status.empty() && e.detail->status != "1");
}

bool some_differ(const element& e, const order& o)
{
    auto members = compare(e, o);
    return std::any_of(members.begin(), members.end(), [](const auto& m) { return !m.agrees; });
}

/// The day before that of the first attempt is still no proof: it may be told in another zone. Whether days are told
/// rightly at all is seen by the control.
bool earlier_day(const element& e, const order& o)
{
    auto first = tokyo_day(o.submitted_at - clocks_differ);
    return both_exclude(e, &summary::application_date, [&](const std::string& told_as) {
        auto day = provider::day_told(told_as);
        return day && days_between(day->day, first) > (day->certain ? 1 : 2);
    });
}

/// Told, and neither a day nor a month that anybody can read.
bool unread_day(const std::string& told)
{
    return !told.empty() && !provider::day_told(told) && !provider::month_told(told);
}

bool end_not_readable(const element& e, const order& o)
{
    if (!std::holds_alternative<cancel_order>(o.request)) return false;
    return unread_day(e.listed.hope_to_end_at) || (e.detail && unread_day(e.detail->hope_to_end_at));
}

bool other_key(const element& e, const order& o)
{
    if (const auto* start = std::get_if<start_order>(&o.request))
        return e.detail && surely_other_key(start->line_id, e.detail->line_id);
    const auto& site = line_or_site(o.request);
    return both_exclude(e, &summary::customer_site_code,
                        [&](const std::string& code) { return surely_other_key(site, code); });
}

/// The change type of every product of the detail: told for each, or for the order when all of ours have one.
enum class change_types { agree, differ, unknown };
change_types compare_change_types(const element& e, const change_order& ours)
{
    if (!e.detail) return change_types::unknown;
    auto kinds_told = [&](const std::string& type) { return type == "1" || type == "3"; };
    bool for_each =
        !e.detail->contracts.empty() && std::all_of(e.detail->contracts.begin(), e.detail->contracts.end(),
                                                    [&](const auto& c) { return kinds_told(c.change_type); });
    bool one_kind = std::all_of(ours.products.begin(), ours.products.end(),
                                [&](const auto& p) { return p.change_type == ours.products.front().change_type; });
    auto kind = std::to_string(ours.products.empty() ? 0 : ours.products.front().change_type);
    for (const auto& type : {e.listed.change_type, e.detail->change_type})
        if (one_kind && kinds_told(type) && type != kind) return change_types::differ;
    if (for_each) {
        std::vector<std::string> sent, there;
        for (const auto& p : ours.products) sent.push_back(std::to_string(p.change_type) + ":" + p.product_code);
        for (const auto& c : e.detail->contracts) there.push_back(c.change_type + ":" + c.product_code);
        std::sort(sent.begin(), sent.end());
        std::sort(there.begin(), there.end());
        return sent == there ? change_types::agree : change_types::differ;
    }
    const auto& type = told(e, &summary::change_type);
    return one_kind && type == kind ? change_types::agree : change_types::unknown;
}

const start_order* start_of(const order& o) { return std::get_if<start_order>(&o.request); }

bool nameless(const element& e)
{
    auto blank = [](const std::string& name) { return trimmed(name).empty(); };
    return blank(e.listed.customer_site_name) && (!e.detail || blank(e.detail->customer_site_name));
}

bool in_another_hand(const element& e, const order& o)
{
    const auto* start = start_of(o);
    if (!start || e.known_sent.empty()) return false;
    const written known{e.known_sent, e.known_told};
    // The list or the detail may leave a name out; both together may not where they tell that of the known order.
    auto another_hand = [&](const std::string& sent, const std::string& name) {
        return !trimmed(name).empty() && !in_the_same_hand(known, {sent, name});
    };
    if (nameless(e)) return !in_the_same_hand(known, {start->customer_site_name, ""});
    return another_hand(start->customer_site_name, e.listed.customer_site_name) ||
           (e.detail && (another_hand(start->customer_site_name, e.detail->customer_site_name) ||
                         another_hand(start->case_name, e.detail->case_name)));
}

/// The wanted day as the list and as the detail tell it.
std::vector<written> wanted_days(const element& e, const order& o)
{
    auto member = o.type == order_type::start ? &summary::hope_to_start_at : &summary::hope_to_end_at;
    const auto& sent = wanted_day(o.request);
    std::vector<written> out;
    if (sent.empty()) return out;
    out.push_back({sent, e.listed.*member});
    if (e.detail) out.push_back({sent, (*e.detail).*member});
    return out;
}

/// A day for a month, or a month for a day, that nothing shows to be the provider's way to tell it. One of list and
/// detail may leave the day out that the other tells.
bool day_in_another_hand(const element& e, const order& o)
{
    auto told = wanted_days(e, o);
    std::erase_if(told, [](const written& w) { return !may_be_day(w); });
    const written known{e.known_day_sent, e.known_day_told};
    return !told.empty() &&
           std::none_of(told.begin(), told.end(), [&](const written& w) { return day_in_the_same_hand(known, w); });
}

const change_order* change_of(const order& o) { return std::get_if<change_order>(&o.request); }

/// A member that is told, in a form that cannot be read.
bool not_readable(const element& e, std::string_view member)
{
    auto among = [&](const summary& s) {
        return std::find(s.unreadable.begin(), s.unreadable.end(), member) != s.unreadable.end();
    };
    return among(e.listed) || (e.detail && among(*e.detail));
}

constexpr evidence_rule table[] = {
    {"belongs_to_another_order", verdict::another,
     [](const element& e, const order&) { return e.owned || e.ruled_out; }, "belongs to another order here",
     "本システムの別のオーダのものです"},
    {"seen_before", verdict::another, [](const element& e, const order&) { return e.seen_before; },
     "was there before this order was first sent", "このオーダを送信する前から存在していました"},
    {"other_type", verdict::another, other_type, "is of another order type", "オーダ種別が異なります"},
    {"earlier_day", verdict::another, earlier_day, "was applied for before this order was first sent",
     "申込日がこのオーダの送信より前です"},
    {"other_line_or_site", verdict::another, other_key, "is for another line or site",
     "回線IDまたは保守番号が異なります"},

    {"detail_missing", verdict::unreadable, [](const element& e, const order&) { return e.detail_missing; },
     "is or was listed, and the provider does not know its detail",
     "一覧にあるか、以前の検索にありましたが、詳細を取得できません"},
    {"type_not_known", verdict::unreadable,
     [](const element& e, const order&) {
         return !order_type_from(told(e, &summary::order_type)) && !not_readable(e, "orderType");
     },
     "does not tell an order type that is known", "オーダ種別を読み取れません"},
    {"status_not_known", verdict::unreadable,
     [](const element& e, const order&) {
         return !known_status(told(e, &summary::status)) ||
                (e.detail && !e.detail->status.empty() && !known_status(e.detail->status));
     },
     "does not tell a status that is known", "ステータスを読み取れません"},

    {"products_not_readable", verdict::unreadable,
     [](const element& e, const order&) { return e.detail && e.detail->contracts_unreadable; },
     "does not tell its products so that they can be read", "商品を読み取れません"},

    {"hand_not_seen", verdict::unreadable, [](const element& e, const order&) { return e.hand_hidden; },
     "has its name or wanted day written otherwise than it was sent, and no known order shows now how the provider "
     "writes",
     "拠点名または希望日が送信した内容と異なる書き方で、提供元の書き方を既知のオーダで確認できません"},

    {"detail_not_asked", verdict::perhaps, [](const element& e, const order&) { return !e.detail; },
     "is one of too many to look at each", "候補が多すぎるため、詳細を確認していません"},
    {"type_contradicts", verdict::perhaps,
     [](const element& e, const order& o) {
         auto other = [&](const std::string& type) { return !type.empty() && order_type_from(type) != o.type; };
         return other(e.listed.order_type) || (e.detail && other(e.detail->order_type));
     },
     "has one order type in the list and another in its detail", "一覧と詳細でオーダ種別が一致しません"},
    {"ended", verdict::perhaps, [](const element& e, const order&) { return has_ended(e); },
     "has ended already; it may be this order or somebody else's",
     "すでに終了しています。このオーダか他のオーダか判断できません"},
    {"member_differs", verdict::perhaps, some_differ, "differs from what was sent",
     "送信した内容と異なる項目があります"},
    {"wanted_end_not_readable", verdict::perhaps, end_not_readable,
     "tells the wanted end in a form that cannot be read", "廃止希望日を読み取れません"},
    {"wanted_day_in_another_hand", verdict::perhaps, day_in_another_hand,
     "tells a month where a day was sent or a day where a month was, and no known order shows that the provider writes "
     "it so",
     "希望日が年月と年月日で送信した内容と異なる書き方で、提供元がそのように書くことを既知のオーダで確認できません"},
    {"change_without_products", verdict::perhaps,
     [](const element& e, const order& o) {
         bool told_some = e.detail && std::any_of(e.detail->contracts.begin(), e.detail->contracts.end(),
                                                  [](const auto& c) { return !c.product_code.empty(); });
         return change_of(o) && !told_some;
     },
     "does not tell which products it changes", "変更する商品が示されていません"},
    {"change_of_other_type", verdict::perhaps,
     [](const element& e, const order& o) {
         return change_of(o) && compare_change_types(e, *change_of(o)) == change_types::differ;
     },
     "adds what was to be removed, or removes what was to be added", "追加と廃止の区別が送信した内容と異なります"},
    {"change_type_unknown", verdict::perhaps,
     [](const element& e, const order& o) {
         return change_of(o) && compare_change_types(e, *change_of(o)) == change_types::unknown;
     },
     "does not tell for each product whether it is added or removed", "商品ごとの追加・廃止の区別が示されていません"},

    {"member_not_readable", verdict::perhaps,
     [](const element& e, const order&) {
         return !e.listed.unreadable.empty() || (e.detail && !e.detail->unreadable.empty());
     },
     "tells something in a form that cannot be read", "読み取れない形式の項目があります"},
    {"in_another_hand", verdict::perhaps, in_another_hand,
     "has its name written otherwise than the provider writes that of a known order",
     "拠点名の書き方が、提供元での既知のオーダの書き方と異なります"},

    {"everything_agrees", verdict::ours, [](const element&, const order&) { return true; },
     "agrees in everything that both sides tell", "双方が示すすべての項目が一致しています"},
};

}

std::string_view name(verdict v)
{
    switch (v) {
    case verdict::another: return "another_order";
    case verdict::ours: return "ours";
    case verdict::perhaps: return "perhaps_ours";
    case verdict::unreadable: return "unreadable";
    }
    return "unreadable";
}

std::string_view japanese_name(verdict v)
{
    switch (v) {
    case verdict::another: return "別のオーダ";
    case verdict::ours: return "このオーダ";
    case verdict::perhaps: return "このオーダの可能性あり";
    case verdict::unreadable: return "判読不能";
    }
    return "判読不能";
}

std::span<const evidence_rule> evidence_rules() { return table; }

namespace {

/// What nobody can read is shown, so that a person may.
void tell_unread_end(std::vector<compared_member>& members, const element& e, const store::doubtful_order& o)
{
    constexpr std::string_view member = "hopeToEndAt";
    std::erase_if(members, [&](const auto& m) { return m.member == member; });
    const auto& listed = e.listed.hope_to_end_at;
    bool by_list = unread_day(listed) || !e.detail;
    members.push_back({member, false, wanted_day(o.request), by_list ? listed : e.detail->hope_to_end_at});
}

}

bool loosely_named(const element& e, const order& o)
{
    const auto* start = start_of(o);
    if (!start) return false;
    auto otherwise = [](const std::string& sent, const std::string& name) { return told_otherwise({sent, name}); };
    return nameless(e) || otherwise(start->customer_site_name, e.listed.customer_site_name) ||
           (e.detail && (otherwise(start->customer_site_name, e.detail->customer_site_name) ||
                         otherwise(start->case_name, e.detail->case_name)));
}

bool loosely_dated(const element& e, const order& o)
{
    auto told = wanted_days(e, o);
    return std::any_of(told.begin(), told.end(), told_in_another_unit);
}

judged_element judge(const element& e, const store::doubtful_order& o, std::span<const evidence_rule> rules)
{
    judged_element out;
    out.code = e.listed.code;
    auto rule = std::find_if(rules.begin(), rules.end(), [&](const auto& r) { return r.holds(e, o); });
    if (rule != rules.end()) {
        out.is = rule->then;
        out.rule = rule->id;
        out.english = rule->english;
        out.japanese = rule->japanese;
    }
    if (out.rule == "detail_not_asked" && e.detail_failed) { // the same rule, and not because they are many
        out.rule = "detail_not_answered";
        out.english = "may be this order, and its detail was asked for and could not be read";
        out.japanese = "詳細を照会しましたが、読み取れませんでした";
    }
    if (out.is != verdict::another) out.members = compare(e, o);
    if (out.rule == "wanted_end_not_readable") tell_unread_end(out.members, e, o);
    out.order_type = told(e, &summary::order_type);
    out.status = told(e, &summary::status);
    out.application_date = told(e, &summary::application_date);
    out.customer_site_code = told(e, &summary::customer_site_code);
    out.customer_site_name = told(e, &summary::customer_site_name);
    return out;
}

}
