#pragma once
#include <boost/asio/ip/tcp.hpp>
#include <cstdint>
#include <list>
#include <string>

namespace orderd::http {

/// The connections of a server: how many there are, whose they are, and which is closed to make way for a new one.
class open_connections {
    using socket = boost::asio::ip::tcp::socket;

public:
    /// What a connection waits for.
    enum class waiting_for { request, transfer, answer };

    /// An open connection, for as long as its coroutine runs.
    class entry {
    public:
        entry(open_connections& all, socket&, std::string client, bool loopback);
        ~entry();
        entry(const entry&) = delete;
        entry& operator=(const entry&) = delete;
        /// From now on it waits for that; said again, its client has done something.
        void waits_for(waiting_for);
        const std::string& client() const { return at_->client; }

    private:
        friend class open_connections;
        struct state {
            socket* open; // nullptr: closed to make way
            std::string client;
            bool loopback;
            waiting_for what = waiting_for::request;
            std::uint64_t since = 0; // larger: later
        };
        open_connections& all_;
        std::list<state>::iterator at_;
    };

    open_connections(std::size_t most, std::size_t most_from_one) : most_(most), most_from_one_(most_from_one) {}

    /// Whether one more may come from `client`; closes another one where that makes way for it.
    bool make_way_for(const std::string& client, bool loopback);
    /// Closes the connection that is idle, or whose client is silent, for longest. False: there is none.
    bool close_longest_silent();
    void close_all();
    std::size_t size() const { return open_; }

private:
    using states = std::list<entry::state>;
    template <class Those>
    bool close_one_of(Those);
    void close(entry::state&);

    std::size_t most_, most_from_one_, open_ = 0;
    std::uint64_t last_ = 0;
    states all_;
};

}
