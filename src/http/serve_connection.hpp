#pragma once
#include "server_state.hpp"

#include <string>

namespace orderd::http {

/// Answers the requests of one connection, until it ends or the server stops.
asio::awaitable<void> serve_connection(shared_server, asio::ip::tcp::socket, std::string client, bool loopback);

/// A refusal as it goes over the wire, for a connection that is closed behind it.
std::string refusal(int status);

}
