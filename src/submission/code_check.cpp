#include "orderd/submission/code_check.hpp"
#include "orderd/core/text.hpp"
#include "orderd/submission/alike.hpp"

namespace orderd::submission {
namespace {

using store::contradiction;

enum class compared { nothing, same, other };

/// `told_plainly`: this provider was seen to tell such keys as they were sent, so that none is hidden.
compared keys(const std::string& sent, const std::string& told, bool told_plainly)
{
    if (trimmed(sent).empty() || trimmed(told).empty()) return compared::nothing;
    if (surely_other_key(sent, told) || (told_plainly && !alike_key(sent, told))) return compared::other;
    return sent == told ? compared::same : compared::nothing;
}

std::string brief(const std::string& text) { return printable(text, 100); }

contradiction other_value(const char* english, const char* japanese, const std::string& sent, const std::string& told)
{
    return {std::string(english) + " sent \"" + brief(sent) + "\", told \"" + brief(told) + "\"",
            std::string(japanese) + "：送信「" + brief(sent) + "」、提供元「" + brief(told) + "」"};
}

contradiction other_type(order_type sent, order_type told)
{
    return {"it is a " + std::string(name(told)) + " order, and a " + std::string(name(sent)) + " order was sent",
            "オーダ種別：送信「" + std::string(japanese_name(sent)) + "」、提供元「" +
                std::string(japanese_name(told)) + "」"};
}

}

store::contradiction code_check::look(const store::followed_order& order, const provider::order_detail& told)
{
    if (order.taken_by_person) return {};
    if (order.seen_before)
        return {"it was at the provider before this order was first sent",
                "このオーダの送信前から提供元に存在していました"};

    if (order.of_earlier_attempt && provider::ended(told.status))
        return {"it is the order of an earlier attempt, which has ended",
                "以前に送信したときのオーダで、すでに終了しています"};

    const auto* start = std::get_if<start_order>(&order.request);
    const auto& line_or_site_told = start ? told.line_id : told.customer_site_code;
    const auto& line_or_site_sent = line_or_site(order.request);
    auto& key_told = keys_told_[static_cast<std::size_t>(order.type) - 1];
    auto key = keys(line_or_site_sent, line_or_site_told, key_told);
    if (key == compared::other)
        return start ? other_value("lineId", "回線ID", line_or_site_sent, line_or_site_told)
                     : other_value("customerSiteCode", "保守番号", line_or_site_sent, line_or_site_told);
    auto secret = start ? keys(start->line_access_key, told.line_access_key, secrets_told_) : compared::nothing;
    if (secret == compared::other)
        return {"lineAccessKey differs from what was sent", "回線アクセスキーが送信した内容と異なります"};

    // Where line or site are ours, another type may be how this provider tells types.
    auto type = order_type_from(told.order_type);
    auto& type_told = types_told_[static_cast<std::size_t>(order.type) - 1];
    if (type && *type != order.type && (key != compared::same || type_told)) return other_type(order.type, *type);

    bool name_told = start && !trimmed(start->customer_site_name).empty() && !trimmed(told.customer_site_name).empty();
    bool same_name = name_told && alike(start->customer_site_name, told.customer_site_name);
    bool nothing_else_told = trimmed(line_or_site_told).empty() && trimmed(told.line_access_key).empty();
    if (name_told && !same_name && nothing_else_told && names_told_)
        return other_value("customerSiteName", "拠点名", start->customer_site_name, told.customer_site_name);

    bool all_told = name_told && !trimmed(line_or_site_told).empty() && !trimmed(told.line_access_key).empty();
    if (all_told && !same_name && !alike_key(line_or_site_sent, line_or_site_told) &&
        !alike_secret(start->line_access_key, told.line_access_key))
        return {"neither lineId nor lineAccessKey nor customerSiteName is what was sent",
                "回線ID・回線アクセスキー・拠点名のいずれも送信した内容と異なります"};

    // What was told of two orders is the one's whose line, site or key it shows.
    bool shown = key == compared::same || secret == compared::same ||
                 (start && line_form(line_or_site_sent) == line_form(line_or_site_told));
    if (order.told_twice && !shown)
        return {"it was told of another order here, too, and its detail does not show that it is this one",
                "本システムの別のオーダにも同じ番号が返されており、詳細からこのオーダのものと確認できません"};
    bool perhaps_shown =
        same_name || (!trimmed(line_or_site_told).empty() && alike_key(line_or_site_sent, line_or_site_told));
    if (!type && !shown && !perhaps_shown)
        return {"its detail tells neither a known order type nor the line or site of this order",
                "詳細に既知のオーダ種別も、このオーダの回線ID・保守番号も示されていません", true};

    type_told = type_told || (type && *type == order.type && key == compared::same);
    names_told_ = names_told_ || same_name;
    key_told = key_told || key == compared::same;
    secrets_told_ = secrets_told_ || secret == compared::same;
    return {};
}

}
