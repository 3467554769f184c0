#pragma once
#include "orderd/http/server.hpp"

#include <boost/json/object.hpp>
#include <memory>
#include <string>

// The provider, with faults on demand. Written from the provider's document and the rulings, independently of the
// client.
namespace orderd::simulator {

namespace json = boost::json;

struct options {
    std::string listen = "127.0.0.1:8080";
    std::string control = "127.0.0.1:8081";         // ledger, counters, settings
    std::string certificate_file, private_key_file; // both given: TLS on `listen`
    json::object settings;                          // as PUT /settings on the control port takes them
};

/// Reads a TOML file: the keys of `options`, and the table [settings]. Throws std::runtime_error that says what and
/// where.
options read_options(const std::string& file, options given);

class simulator {
public:
    virtual ~simulator() = default;
    virtual unsigned short port() const = 0;
    virtual unsigned short control_port() const = 0;
    virtual void stop() = 0;
};

std::unique_ptr<simulator> start(http::asio::any_io_executor, options);

}
