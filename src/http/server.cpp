#include "orderd/http/server.hpp"
#include "client_address.hpp"
#include "orderd/core/repeated_notice.hpp"
#include "serve_connection.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <stdexcept>

namespace orderd::http {
namespace {

namespace ssl = boost::asio::ssl;
using tcp = asio::ip::tcp;
using boost::system::error_code;
constexpr auto as_result = asio::as_tuple(asio::use_awaitable);

tcp::endpoint endpoint_of(const std::string& listen)
{
    auto colon = listen.rfind(':');
    if (colon == listen.npos)
        throw std::runtime_error("\"" + listen + "\" must be address:port, such as 127.0.0.1:9100");
    auto host = listen.substr(0, colon);
    if (host.size() > 2 && host.front() == '[' && host.back() == ']') host = host.substr(1, host.size() - 2);
    if (host == "localhost") host = "127.0.0.1";
    error_code error;
    auto address = asio::ip::make_address(host, error);
    auto port = listen.substr(colon + 1);
    if (error || port.empty() || port.size() > 5 || port.find_first_not_of("0123456789") != port.npos ||
        std::stoi(port) > 65535)
        throw std::runtime_error("\"" + listen + "\" must be address:port, such as 127.0.0.1:9100");
    return {address, static_cast<unsigned short>(std::stoi(port))};
}

/// Tells a client that there is no room; it is not waited for.
void turn_away(const server_state& all, tcp::socket socket)
{
    error_code ignored;
    socket.non_blocking(true, ignored);
    if (!all.encrypts()) socket.write_some(asio::buffer(refusal(503)), ignored);
    socket.shutdown(tcp::socket::shutdown_send, ignored);
    char unread[4096]; // closing with unread bytes would reset the connection, and the answer with it
    socket.read_some(asio::buffer(unread), ignored);
}

class listener {
public:
    explicit listener(shared_server all) : all_(std::move(all)) {}

    asio::awaitable<void> run()
    {
        auto on = all_->acceptor.get_executor();
        while (!all_->stopping) {
            auto [error, socket] = co_await all_->acceptor.async_accept(as_result);
            if (all_->stopping || error == asio::error::operation_aborted) co_return;
            if (!error)
                take(std::move(socket));
            else if (error != asio::error::connection_aborted && !make_descriptors_free(error)) {
                asio::steady_timer pause(on, std::chrono::milliseconds(50));
                co_await pause.async_wait(as_result);
            }
        }
    }

private:
    void take(tcp::socket socket)
    {
        error_code gone;
        auto from = socket.remote_endpoint(gone).address();
        if (gone) return;
        auto client = counted_address(from);
        auto open_before = all_->connections.size();
        if (!all_->connections.make_way_for(client, from.is_loopback())) {
            tell_crowd(client);
            return turn_away(*all_, std::move(socket));
        }
        if (all_->connections.size() < open_before) tell_crowd(client);
        // The connection belongs to the server by its entry among the open ones; stop() ends it.
        auto on = all_->acceptor.get_executor();
        asio::co_spawn(on, serve_connection(all_, std::move(socket), client, from.is_loopback()),
                       [](std::exception_ptr) {});
    }

    /// Out of file descriptors: a silent client gives one back. False: there is none; some may come free elsewhere.
    bool make_descriptors_free(const error_code& error)
    {
        auto* log = all_->options.log;
        if (auto times = untaken_.happened(); times && log)
            log->error(all_->options.name + " could not take a connection; its clients wait",
                       {{"why", error.message()}, {"times", times}, {"connections", all_->connections.size()}});
        return all_->connections.close_longest_silent();
    }

    void tell_crowd(const std::string& client)
    {
        auto* log = all_->options.log;
        if (auto times = crowded_.happened(); times && log)
            log->warning(all_->options.name + " has as many connections as it may; silent ones are closed for new ones",
                         {{"connections", all_->connections.size()}, {"new_from", client}, {"times", times}});
    }

    shared_server all_;
    repeated_notice untaken_{std::chrono::minutes(10)}, crowded_{std::chrono::minutes(10)};
};

/// The listener lives as long as its coroutine.
asio::awaitable<void> listen(shared_server all)
{
    listener here(std::move(all));
    co_await here.run();
}

class running_server final : public server {
public:
    explicit running_server(shared_server all) : all_(std::move(all)) {}
    ~running_server() override { stop_now(); }
    unsigned short port() const override { return all_->acceptor.local_endpoint().port(); }
    void stop() override { stop_now(); }

private:
    void stop_now()
    {
        all_->stopping = true;
        error_code ignored;
        all_->acceptor.close(ignored);
        all_->connections.close_all();
    }
    shared_server all_;
};

}

std::unique_ptr<server> serve(asio::any_io_executor on, server_options options, handler handle)
{
    auto where = endpoint_of(options.listen);
    auto listen_on = options.listen;
    auto all = std::make_shared<server_state>(on, std::move(options), std::move(handle));
    try {
        if (all->encrypts()) {
            all->tls.use_certificate_chain_file(all->options.certificate_file);
            all->tls.use_private_key_file(all->options.private_key_file, ssl::context::pem);
        }
        all->acceptor.open(where.protocol());
        all->acceptor.set_option(asio::socket_base::reuse_address(true));
        all->acceptor.bind(where);
        all->acceptor.listen();
    } catch (const boost::system::system_error& e) {
        throw std::runtime_error("cannot listen on " + listen_on + ": " + e.code().message());
    }
    asio::co_spawn(on, http::listen(all), [](std::exception_ptr) {});
    return std::make_unique<running_server>(all);
}

}
