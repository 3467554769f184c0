#include "orderd/core/text.hpp"
#include "orderd/provider/told.hpp"
#include "orderd/submission/alike.hpp"
#include "orderd/submission/evidence.hpp"
#include "orderd/submission/wanted_day.hpp"

#include <algorithm>
#include <functional>
#include <tuple>

namespace orderd::submission {
namespace {

using summary = provider::order_summary;

/// Collects members that both sides tell. Where list and detail both tell a member, both must agree.
class comparison {
public:
    explicit comparison(const element& e) : e_(e) {}

    void text(std::string_view member, const std::string& sent, std::string summary::*at)
    {
        each(member, sent, at, [&](const std::string& told) { return alike(sent, told); });
    }
    void text(std::string_view member, const std::string& sent, const std::string& told)
    {
        if (!sent.empty() && !told.empty()) all_.push_back({member, alike(sent, told), sent, told});
    }
    void key(std::string_view member, const std::string& sent, std::string summary::*at)
    {
        each(member, sent, at, [&](const std::string& told) { return alike_key(sent, told); });
    }
    void key(std::string_view member, const std::string& sent, const std::string& told)
    {
        if (!sent.empty() && !told.empty()) all_.push_back({member, alike_key(sent, told), sent, told});
    }
    void secret(std::string_view member, const std::string& sent, const std::string& told)
    {
        if (!sent.empty() && !told.empty()) all_.push_back({member, alike_secret(sent, told), "", ""});
    }
    /// A wanted day, or a month (YYYYMM). What names none surely is no reason.
    void day(std::string_view member, const std::string& sent, std::string summary::*at)
    {
        each(member, sent, at, [&](const std::string& told) { return may_be_day({sent, told}); });
    }
    void codes(std::string_view member, std::vector<std::string> sent)
    {
        std::vector<std::string> told;
        for (const auto& c : e_.detail->contracts) told.push_back(c.product_code);
        if (told.empty()) return;
        std::sort(sent.begin(), sent.end());
        std::sort(told.begin(), told.end());
        all_.push_back({member, sent == told, join(sent, ", "), join(told, ", ")});
    }
    /// Codes decide whether they agree; that each is added or removed as it was to be is another rule's matter, and is
    /// told: "1:a|3:b".
    void changes(std::string_view member, std::vector<product_change> sent)
    {
        struct change {
            std::string code, text;
            bool operator<(const change& o) const { return std::tie(code, text) < std::tie(o.code, o.text); }
        };
        std::vector<change> here, there;
        for (const auto& p : sent)
            here.push_back({p.product_code, std::to_string(p.change_type) + ":" + p.product_code});
        for (const auto& c : e_.detail->contracts) {
            bool known = c.change_type == "1" || c.change_type == "3";
            there.push_back({c.product_code, (known ? c.change_type + ":" : "") + c.product_code});
        }
        if (there.empty()) return;
        std::sort(here.begin(), here.end());
        std::sort(there.begin(), there.end());
        auto texts = [](const std::vector<change>& all, std::string change::*part) {
            std::vector<std::string> out;
            for (const auto& one : all) out.push_back(one.*part);
            return join(out, "|");
        };
        bool agree = texts(here, &change::code) == texts(there, &change::code);
        all_.push_back({member, agree, texts(here, &change::text), texts(there, &change::text)});
    }
    std::vector<compared_member> take() { return std::move(all_); }

private:
    /// Asks `agrees` of what the list tells and of what the detail tells; nothing: it tells nothing.
    void each(std::string_view member, const std::string& sent, std::string summary::*at,
              const std::function<std::optional<bool>(const std::string&)>& agrees)
    {
        if (sent.empty()) return;
        std::optional<compared_member> found;
        for (const auto* told : {&(e_.listed.*at), e_.detail ? &((*e_.detail).*at) : nullptr}) {
            if (!told || told->empty() || (found && !found->agrees)) continue;
            if (auto same = agrees(*told)) found = compared_member{member, *same, sent, *told};
        }
        if (found) all_.push_back(std::move(*found));
    }
    const element& e_;
    std::vector<compared_member> all_;
};

std::string value_in(const provider::named_values& all, std::string_view member)
{
    auto at = std::find_if(all.begin(), all.end(), [&](const auto& v) { return v.first == member; });
    return at == all.end() ? "" : at->second;
}

/// By the digits that nobody rewrites; the provider completes addresses and puts them in words of its own.
void compare_places(comparison& with, std::string_view which, const place& sent, const provider::named_values& told)
{
    bool installation = which == "installationLocation";
    with.key(installation ? "installationLocation.zipCode" : "terminalDestination.zipCode", sent.zip_code,
             value_in(told, "zipCode"));
    with.key(installation ? "installationLocation.tel" : "terminalDestination.tel", sent.tel, value_in(told, "tel"));
}

void compare_with(comparison& with, const start_order& sent, const element& e)
{
    with.text("customerSiteName", sent.customer_site_name, &summary::customer_site_name);
    with.day("hopeToStartAt", sent.hope_to_open_at, &summary::hope_to_start_at);
    if (!e.detail) return;
    with.text("caseName", sent.case_name, e.detail->case_name);
    with.key("customerCode", sent.customer_code, e.detail->customer_code);
    with.key("lineId", sent.line_id, e.detail->line_id);
    with.secret("lineAccessKey", sent.line_access_key, e.detail->line_access_key);
    with.codes("products", sent.product_codes);
    if (sent.installation_location)
        compare_places(with, "installationLocation", *sent.installation_location, e.detail->installation_location);
    if (sent.terminal) compare_places(with, "terminalDestination", *sent.terminal, e.detail->terminal_destination);
    if (sent.lan) {
        const auto& told = e.detail->lan_address;
        with.key("lanNetworkAddress", sent.lan->network, value_in(told, "lanNetworkAddress"));
        with.key("lanInterfaceAddress", sent.lan->interface, value_in(told, "lanInterfaceAddress"));
    }
}

void compare_with(comparison& with, const change_order& sent, const element& e)
{
    with.key("customerSiteCode", sent.customer_site_code, &summary::customer_site_code);
    if (!e.detail) return;
    with.key("customerCode", sent.customer_code, e.detail->customer_code);
    with.changes("products", sent.products);
}

void compare_with(comparison& with, const cancel_order& sent, const element& e)
{
    with.key("customerSiteCode", sent.customer_site_code, &summary::customer_site_code);
    with.day("hopeToEndAt", sent.hope_to_end_at, &summary::hope_to_end_at);
    if (!e.detail) return;
    with.key("customerCode", sent.customer_code, e.detail->customer_code);
    with.text("overwriteCheckFlag", sent.overwrite ? "1" : "0", provider::told_digits(e.detail->overwrite_check_flag));
}

}

std::vector<compared_member> compare(const element& e, const store::doubtful_order& order)
{
    comparison with(e);
    std::visit([&](const auto& sent) { compare_with(with, sent, e); }, order.request);
    return with.take();
}

}
