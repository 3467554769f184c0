#pragma once
#include "answers.hpp"
#include "fault.hpp"

namespace orderd::simulator {

/// 304 without a body or target, which answers nothing.
http::answer not_modified();

/// The answer of a request that `struck` spoils. `done` is its real answer when it was performed first, else an empty
/// one.
http::answer spoil(const fault& struck, http::answer done, const http::request&, error_answers&);

}
