#include "orderd/submission/wanted_day.hpp"
#include "orderd/core/japanese_date.hpp"
#include "orderd/provider/told.hpp"

#include <cstdlib>
#include <string>
#include <utility>

namespace orderd::submission {
namespace {

enum class unit {
    nothing, // one side names neither a day nor a month
    same,    // as it was sent
    month_of_day,
    first_of_month,
    last_of_month,
    other,
};
struct form {
    unit as = unit::nothing;
    int days_off = 0;    // of first_of_month and last_of_month
    bool certain = true; // false: it may be the day beside it
};

bool same_month(japanese_date a, japanese_date b) { return a.year() == b.year() && a.month() == b.month(); }

form form_of_month(japanese_date last, const provider::told_day& told)
{
    japanese_date first = last.year() / last.month() / std::chrono::day(1);
    for (auto [as, edge] : {std::pair(unit::last_of_month, last), std::pair(unit::first_of_month, first)})
        if (int off = days_between(edge, told.day); std::abs(off) <= 1) return {as, off, told.certain};
    return {unit::other};
}

form form_of(const written& w)
{
    auto day = provider::day_told(w.told);
    auto month = provider::month_told(w.told);
    if (!day && !month) return {};
    if (auto sent = parse_yyyymm(w.sent)) {
        if (day) return form_of_month(*sent, *day);
        return {same_month(*sent, *month) ? unit::same : unit::other};
    }
    auto sent = parse_yyyymmdd(w.sent);
    if (!sent) return {};
    if (!day) return {same_month(*sent, *month) ? unit::month_of_day : unit::other};
    return {std::abs(days_between(*sent, day->day)) <= (day->certain ? 0 : 1) ? unit::same : unit::other};
}

bool is_month(std::string_view sent) { return parse_yyyymm(std::string(sent)).has_value(); }

}

std::optional<bool> may_be_day(const written& w)
{
    auto told = form_of(w).as;
    if (told == unit::nothing) return std::nullopt;
    return told != unit::other;
}

bool told_in_another_unit(const written& w)
{
    auto told = form_of(w).as;
    return told == unit::month_of_day || told == unit::first_of_month || told == unit::last_of_month;
}

bool day_in_the_same_hand(const written& known, const written& other)
{
    auto told = form_of(other);
    if (told.as == unit::nothing || told.as == unit::same) return true;
    // Somebody else's last day of the month looks like a month that was sent, until the provider has shown how it
    // writes one.
    if (is_month(known.sent) != is_month(other.sent)) return false;
    auto shown = form_of(known);
    return shown.as == told.as && (shown.days_off == told.days_off || !told.certain);
}

}
