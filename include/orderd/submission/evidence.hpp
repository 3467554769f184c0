#pragma once
#include "orderd/provider/answers.hpp"
#include "orderd/store/orders.hpp"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

// What one order at the provider says about an order in doubt here: another's, ours, or perhaps ours. Pure. Source:
// RULINGS, "Reconcile", C0 to C3.
namespace orderd::submission {

enum class verdict {
    another,    // surely not the one in doubt
    ours,       // everything that both sides tell agrees
    perhaps,    // it may be: a person looks
    unreadable, // it cannot be told what it is
};
std::string_view name(verdict);          // "another_order", "ours", "perhaps_ours", "unreadable"
std::string_view japanese_name(verdict); // "別のオーダ", …

/// One member that both sides tell, compared.
struct compared_member {
    std::string_view member; // as the provider calls it: "customerSiteName"
    bool agrees = true;
    std::string sent, told; // "" for secrets
};

/// What is known of an order that a search found.
struct element {
    provider::order_summary listed;
    std::optional<provider::order_detail> detail; // nothing: it was not asked for, or the provider does not know it
    bool only_before = false;                     // an earlier search showed it, and this one does not
    bool detail_missing = false;                  // asked for, and not known there
    bool detail_failed = false;                   // asked for, and answered with something else
    bool owned = false;                           // its code belongs to another order here,
    std::string owner_key;                        // which is for this line or site: "start:LINE"
    bool seen_before = false;                     // it was there before the order in doubt was first sent
    bool ruled_out = false;                       // the order was followed by it, and its detail told another
    std::string known_sent, known_told;           // the name of a known order, and how it is told; "": not known
    std::string known_day_sent, known_day_told;   // the same of the day on which it shall open or end
    bool hand_hidden = false;                     // a known order was asked for that, and not told
};

/// A line of the table: the first whose condition holds decides.
struct evidence_rule {
    std::string_view id;
    verdict then;
    bool (*holds)(const element&, const store::doubtful_order&);
    std::string_view english, japanese;
};
/// C1, then what cannot be read, then C3, then C2.
std::span<const evidence_rule> evidence_rules();

/// The verdict on one element, and what it rests on.
struct judged_element {
    order_code code;
    verdict is = verdict::unreadable;
    std::string_view rule; // its id
    std::string english, japanese;
    std::vector<compared_member> members; // empty for another's
    std::string order_type, status, application_date, customer_site_code, customer_site_name;
};
judged_element judge(const element&, const store::doubtful_order&, std::span<const evidence_rule> = evidence_rules());

/// Whether the name is told otherwise than it was sent, so that it matters how the provider writes.
bool loosely_named(const element&, const store::doubtful_order&);
/// The same of the wanted day: it is told as a month, or the wanted month as a day.
bool loosely_dated(const element&, const store::doubtful_order&);

/// What both sides tell, compared (RULINGS R13, R14): names, line or site and key, products, the wanted day, the flag,
/// of places their post code and telephone number, and the LAN's addresses. Addresses in words are left out: the
/// provider completes and rewrites them.
std::vector<compared_member> compare(const element&, const store::doubtful_order&);

}
