#pragma once
#include "orderd/service/person_moves.hpp"
#include "verbs.hpp"

#include <optional>
#include <string>

// What the verbs that decide about orders share.
namespace orderd::cli {

/// A table about orders, for people: with the numbers in its column `id` as they are typed, #17. JSON keeps them bare.
void print_orders(store::table, bool json, terminal& to = say());
/// The order that `word` names; says so when there is none, or when it may be several.
std::optional<store::found_order> named_order(store::session&, const std::string& word);
/// An order with its events, oldest first. For a decision without what is told with it: the evidence of searches, and
/// the message.
enum class story_of { order, decision };
void show_story(store::session&, order_id, story_of);
/// Moves one order for a person; says what happened.
bool move_order(store::session&, const store::found_order&, order_event, const service::decision_of_person&,
                const std::string& code = {});
/// Whether the filter makes sense; says why not.
int check_filter(const store::order_filter&);
/// Moves all that match, after a look at how many there are and a person's consent.
int orders_bulk_verb(const surroundings&, order_event, const move_arguments&);
/// Moves those that `may` agrees to; says why not otherwise; none where a word names no order, or several. The worst
/// exit code.
using may_move = std::function<bool(store::session&, const store::found_order&)>;
int move_each(const surroundings&, order_event, const move_arguments&, const may_move& may);

}
