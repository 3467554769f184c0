#include "orderd/submission/reconcile.hpp"
#include "orderd/submission/words.hpp"

#include <boost/json.hpp>

namespace orderd::submission {
namespace {

namespace json = boost::json;

json::object of_element(const judged_element& e)
{
    json::object out{
        {"orderCode", e.code.text}, {"verdict", name(e.is)}, {"rule", e.rule}, {"en", e.english}, {"ja", e.japanese}};
    auto tell = [&](std::string_view member, const std::string& value) {
        if (!value.empty()) out[member] = value;
    };
    tell("orderType", e.order_type);
    tell("status", e.status);
    tell("applicationDate", e.application_date);
    tell("customerSiteCode", e.customer_site_code);
    tell("customerSiteName", e.customer_site_name);
    if (e.members.empty()) return out;
    json::array agrees, differs;
    for (const auto& m : e.members) {
        if (!submission::differs(m))
            agrees.push_back(json::string(m.member));
        else
            differs.push_back(json::object{{"member", m.member}, {"sent", m.sent}, {"told", m.told}});
    }
    out["agrees"] = std::move(agrees);
    out["differs"] = std::move(differs);
    return out;
}

}

std::string to_json(const search_evidence& found)
{
    constexpr std::size_t most = 50; // elements; the others are counted
    json::object out{{"searched", found.asked}, {"finding", name(read(found))}};
    json::array elements;
    for (const auto* e : worth_telling(found, most)) elements.push_back(of_element(*e));
    out["elements"] = std::move(elements);
    if (found.elements.size() > most) out["more"] = found.elements.size() - most;
    if (!found.without_key.empty()) out["withoutKey"] = json::value_from(found.without_key);
    if (!found.unusable.empty()) out["unusable"] = found.unusable;
    if (!found.not_heeded.empty()) out["notHeeded"] = found.not_heeded;
    if (!found.elsewhere.empty()) out["inProgressElsewhere"] = found.elsewhere;
    if (!found.none_told_as.empty()) out["noneToldAs"] = found.none_told_as;
    auto control_of = [&](std::string_view member, const control& c) {
        if (c.is != control::answer::not_asked)
            out[member] = json::object{{"good", c.is == control::answer::good}, {"en", c.english}, {"ja", c.japanese}};
    };
    control_of("positiveControl", found.positive);
    control_of("negativeControl", found.negative);
    auto told = tell(found);
    out["en"] = told.english;
    out["ja"] = told.japanese;
    return json::serialize(out);
}

}
