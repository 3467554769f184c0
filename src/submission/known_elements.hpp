#pragma once
#include "orderd/store/order_store.hpp"
#include "orderd/submission/evidence.hpp"

#include <boost/asio/awaitable.hpp>

#include <string>
#include <vector>

// Which elements of a list are orders that are known here.
namespace orderd::submission {

/// Marks those that belong to an order here, that were there before this one was first sent, or that were ruled out.
boost::asio::awaitable<void> mark_known(std::vector<element>&, store::order_store&, const store::doubtful_order&);
/// Whether an element is another's without a look at its detail.
bool known(const element&);
/// Whether an order of another type here was told the code of one that may be of our type: it may be this one. One of
/// which nobody can tell the type is the owner's where its detail is for the owner's line or site, and ours is no such.
bool taken_by_other_type(const element&, const store::doubtful_order&);
/// Whether the order here that was told an element's code is for another line or site. Then it is not plain whose an
/// element is that a search for ours showed.
bool owner_is_elsewhere(const element&, const store::doubtful_order&);
/// A sign that the search was not for this line or site alone: something that surely is for another, or that an order
/// here of another line, site or type has for its own; or of what earlier searches showed, may be ours and has such an
/// owner. Its code; "" when there is none.
std::string sign_of_no_filter(const std::vector<element>&, const store::doubtful_order&);

}
