#pragma once
#include "orderd/core/log.hpp"
#include "orderd/http/client.hpp"
#include "orderd/provider/answers.hpp"

namespace orderd::provider {

/// The failure that an answer other than 2xx is, by its status (RULINGS, "Outcome of a POST /orders"). `one_thing`: the
/// request was a GET of one order or site, so that "not found" is an answer.
failure failure_from(const http::response&, bool one_thing = false);
failure failure_from(const http::failure&);
/// Whether a 403 or 404 is in the API's own words, or in none: a page or a fault of the gateway says nothing about the
/// thing that was asked for.
bool may_be_the_apis(const http::response&, const failure&);
/// Whether an answer says that the token is not good: 401, or the gateway's fault that means it (RULINGS T6, T12).
bool refuses_token(const http::response&);
/// Why a body cannot be an answer of the API, by its Content-Type; "" when it can. What says nothing is let through: no
/// type, plain text, bytes.
std::string why_not_json(const http::headers&);
/// A 2xx that does not hold what it should.
failure unusable(const http::response&, std::string why);

/// The same failure; that this process may open no more files is told, whoever met it.
failure told(failure, logger&);

}
