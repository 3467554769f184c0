#include "orderd/http/server.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl.hpp>
#include <optional>
#include <set>
#include <stdexcept>

namespace orderd::http {
namespace {

namespace beast = boost::beast;
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

/// What the listener and the connections share; it outlives whichever of them ends last.
struct shared_part {
    server_options options;
    http::handler handle;
    tcp::acceptor acceptor;
    ssl::context tls{ssl::context::tls_server};
    std::set<tcp::socket*> open;
    bool stopping = false;

    shared_part(asio::any_io_executor on, server_options o, http::handler h)
        : options(std::move(o)), handle(std::move(h)), acceptor(std::move(on))
    {
    }
};
using shared = std::shared_ptr<shared_part>;

struct registered {
    shared_part& all;
    tcp::socket& socket;
    registered(shared_part& a, tcp::socket& s) : all(a), socket(s) { all.open.insert(&socket); }
    ~registered() { all.open.erase(&socket); }
};

/// Heads of answers 1xx, one behind the other.
std::string informational_heads(const std::vector<int>& statuses)
{
    std::string out;
    for (int status : statuses) {
        auto reason = status == 100   ? "Continue"
                      : status == 102 ? "Processing"
                      : status == 103 ? "Early Hints"
                                      : "Informational";
        out += "HTTP/1.1 " + std::to_string(status) + " " + reason + "\r\n";
        if (status == 103) out += "Link: </style.css>; rel=preload; as=style\r\n";
        out += "\r\n";
    }
    return out;
}

template <class Stream>
asio::awaitable<void> answer_requests(shared all, Stream& stream, tcp::socket& socket)
{
    beast::flat_buffer buffer;
    while (!all->stopping) {
        beast::http::request_parser<beast::http::string_body> parser;
        parser.body_limit(all->options.body_limit);
        auto [read_error, got] = co_await beast::http::async_read(stream, buffer, parser, as_result);
        static_cast<void>(got);
        if (read_error) co_return;
        auto& parsed = parser.get();
        request asked;
        asked.method = std::string(parsed.method_string());
        asked.target = std::string(parsed.target());
        for (const auto& field : parsed) asked.fields.emplace_back(field.name_string(), field.value());
        asked.body = std::move(parsed.body());
        bool keep = parsed.keep_alive();

        auto made = co_await all->handle(std::move(asked));
        error_code ignored;
        if (made.how == ending::reset) {
            socket.set_option(asio::socket_base::linger(true, 0), ignored);
            socket.close(ignored);
            co_return;
        }
        if (!made.informational.empty() && parsed.version() >= 11) { // HTTP/1.0 does not know them
            auto heads = informational_heads(made.informational);
            auto [error, sent] = co_await asio::async_write(stream, asio::buffer(heads), as_result);
            static_cast<void>(sent);
            if (error) co_return;
        }
        beast::http::response<beast::http::string_body> out;
        out.version(11);
        out.result(static_cast<unsigned>(made.status));
        for (const auto& [name, value] : made.fields) out.set(name, value);
        out.keep_alive(keep && made.how == ending::normal);
        auto body_size = made.body.size();
        out.body() = std::move(made.body);
        if (parsed.method() == beast::http::verb::head) {
            out.body().clear();
            out.content_length(body_size);
        } else
            out.prepare_payload();
        if (made.how == ending::cut_short) {
            out.content_length(body_size);
            out.body().resize(body_size / 2);
            // The head promises more than the body holds; written by hand because a serializer would refuse to lie.
            std::string text = "HTTP/1.1 " + std::to_string(made.status) + " OK\r\n";
            for (const auto& field : out)
                text += std::string(field.name_string()) + ": " + std::string(field.value()) + "\r\n";
            text += "\r\n" + out.body();
            co_await asio::async_write(stream, asio::buffer(text), as_result);
            socket.close(ignored);
            co_return;
        }
        auto [write_error, written] = co_await beast::http::async_write(stream, out, as_result);
        static_cast<void>(written);
        if (write_error || !out.keep_alive()) co_return;
    }
}

asio::awaitable<void> serve_connection(shared all, tcp::socket socket)
{
    registered entry(*all, socket);
    error_code ignored;
    socket.set_option(tcp::no_delay(true), ignored);
    if (all->options.certificate_file.empty()) {
        co_await answer_requests(all, socket, socket);
    } else {
        ssl::stream<tcp::socket&> secure(socket, all->tls);
        auto [error] = co_await secure.async_handshake(ssl::stream_base::server, as_result);
        if (!error) co_await answer_requests(all, secure, socket);
    }
}

asio::awaitable<void> accept_connections(shared all)
{
    auto on = all->acceptor.get_executor();
    while (!all->stopping) {
        auto [error, socket] = co_await all->acceptor.async_accept(as_result);
        if (all->stopping || error == asio::error::operation_aborted) co_return;
        if (error) { // out of file descriptors: wait for some to come free
            asio::steady_timer pause(on, std::chrono::milliseconds(50));
            co_await pause.async_wait(as_result);
            continue;
        }
        // The connection belongs to the server by its entry in `open`; stop() ends it.
        asio::co_spawn(on, serve_connection(all, std::move(socket)), [](std::exception_ptr) {});
    }
}

class running_server final : public server {
public:
    explicit running_server(shared all) : all_(std::move(all)) {}
    ~running_server() override { stop_now(); }
    unsigned short port() const override { return all_->acceptor.local_endpoint().port(); }
    void stop() override { stop_now(); }

private:
    void stop_now()
    {
        all_->stopping = true;
        error_code ignored;
        all_->acceptor.close(ignored);
        for (auto* socket : all_->open) socket->close(ignored);
    }
    shared all_;
};

}

std::unique_ptr<server> serve(asio::any_io_executor on, server_options options, handler handle)
{
    auto where = endpoint_of(options.listen);
    auto listen = options.listen;
    auto all = std::make_shared<shared_part>(on, std::move(options), std::move(handle));
    try {
        if (!all->options.certificate_file.empty()) {
            all->tls.use_certificate_chain_file(all->options.certificate_file);
            all->tls.use_private_key_file(all->options.private_key_file, ssl::context::pem);
        }
        all->acceptor.open(where.protocol());
        all->acceptor.set_option(asio::socket_base::reuse_address(true));
        all->acceptor.bind(where);
        all->acceptor.listen();
    } catch (const boost::system::system_error& e) {
        throw std::runtime_error("cannot listen on " + listen + ": " + e.code().message());
    }
    asio::co_spawn(on, accept_connections(all), [](std::exception_ptr) {});
    return std::make_unique<running_server>(all);
}

}
