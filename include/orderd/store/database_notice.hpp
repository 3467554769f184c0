#pragma once
#include "orderd/core/log.hpp"

#include <boost/asio/awaitable.hpp>
#include <exception>
#include <functional>
#include <string>
#include <string_view>

namespace orderd::store {

/// The state of a duty whose statements PostgreSQL refuses.
inline constexpr std::string_view refused_by_the_database = "is refused by the database";

/// Says what keeps a duty from its work, as what it is: the database is away; the database answers, and refuses what
/// this duty asks; anything else. Somebody's lock is no trouble of the duty: the watch for locks names who holds it.
class database_notice {
public:
    /// `duty` as in "following orders", for "following orders is refused by the database".
    /// `otherwise`: its state for reasons that have nothing to do with the database.
    database_notice(logger&, const std::string& duty, const std::string& otherwise = "is away");
    void failed(const std::exception_ptr&);
    /// For a reason that has nothing to do with the database.
    void failed(const std::string& why);
    void recovered();

private:
    outage_notice database_, refused_, fails_, away_, waits_;
};

/// Runs `work`, which gives why it failed ("" when it did not) or throws that, and tells what came of it. Whether it
/// went well.
boost::asio::awaitable<bool> attempt(database_notice&,
                                     const std::function<boost::asio::awaitable<std::string>()>& work);

}
