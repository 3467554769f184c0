#pragma once
#include "world.hpp"

// Somebody else who orders at the same moment: what a search for an order in doubt must not take for its own.
namespace orderd::simulator {

/// POST /orders with its company: with the probabilities of the settings, somebody else orders the like on the same
/// line or site just before or just after, by the same rules (a line that has a live order refuses the later one).
std::variant<std::string, api_error> place_in_company(world&, const json::value& body, const settings&,
                                                      clock::time_point now);

/// An order of the same type that differs in what an orderer may choose: a start's name, a change's product or change
/// type, a cancel's day. Nothing for a body that is no order.
std::optional<json::value> foreign_order(const json::value& body, std::mt19937_64&);

}
