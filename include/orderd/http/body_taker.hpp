#pragma once
#include <boost/asio/awaitable.hpp>
#include <string>
#include <string_view>

namespace orderd::http {

/// Takes the body of a 200 piece by piece while it comes, unpacked, so that nobody keeps all of it.
class body_taker {
public:
    virtual ~body_taker() = default;
    /// An answer begins; what came before, of an answer that broke off, counts no more.
    virtual void begin() = 0;
    /// "", or why no more of it is taken.
    virtual std::string take(std::string_view piece) = 0;
    /// Whether the rest is to wait, and until when: what has come costs so much that others go first.
    virtual bool must_wait() const { return false; }
    virtual boost::asio::awaitable<void> wait() { co_return; }
    /// What came first, for people to read.
    virtual std::string beginning() const = 0;
};

}
