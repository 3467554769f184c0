#include "cutting_proxy.hpp"

#include <array>
#include <boost/asio.hpp>
#include <random>
#include <thread>

namespace orderd::tests {

namespace asio = boost::asio;
using tcp = asio::ip::tcp;

namespace {

struct pair : std::enable_shared_from_this<pair> {
    tcp::socket client, server;
    std::size_t budget[2]; // bytes: to the server, to the client
    std::atomic<bool>& calm;
    std::atomic<long>& cuts;
    std::array<std::array<char, 16384>, 2> buffer;

    pair(tcp::socket c, std::atomic<bool>& quiet, std::atomic<long>& count)
        : client(std::move(c)), server(client.get_executor()), budget{0, 0}, calm(quiet), cuts(count)
    {
    }
    void pump(int way)
    {
        auto& from = way == 0 ? client : server;
        auto& to = way == 0 ? server : client;
        auto self = shared_from_this();
        from.async_read_some(asio::buffer(buffer[way]), [this, self, way, &to](auto error, std::size_t got) {
            if (error) return close();
            bool cut = !calm && got > budget[way];
            auto pass = cut ? budget[way] : got; // a part of it may still go through
            budget[way] -= std::min(budget[way], got);
            asio::async_write(to, asio::buffer(buffer[way].data(), pass),
                              [this, self, way, cut](auto failed, std::size_t) {
                                  if (cut) {
                                      ++cuts;
                                      return reset();
                                  }
                                  failed ? close() : pump(way);
                              });
        });
    }
    void close()
    {
        boost::system::error_code ignored;
        client.close(ignored);
        server.close(ignored);
    }
    void reset()
    {
        boost::system::error_code ignored;
        client.set_option(asio::socket_base::linger(true, 0), ignored);
        server.set_option(asio::socket_base::linger(true, 0), ignored);
        close();
    }
};

}

struct cutting_proxy::state {
    asio::io_context loop{1};
    tcp::acceptor acceptor{loop, {asio::ip::address_v4::loopback(), 0}};
    tcp::endpoint target;
    std::size_t most;
    std::mt19937 random;
    std::atomic<bool> calm{false};
    std::atomic<long> cuts{0};
    std::thread thread;

    void accept()
    {
        acceptor.async_accept([this](auto error, tcp::socket client) {
            if (error) return;
            auto both = std::make_shared<pair>(std::move(client), calm, cuts);
            for (auto& b : both->budget) b = random() % most;
            both->server.async_connect(target, [both](auto failed) {
                if (failed) return both->reset();
                both->pump(0);
                both->pump(1);
            });
            accept();
        });
    }
};

cutting_proxy::cutting_proxy(int port, std::size_t most_bytes, unsigned seed) : state_(std::make_unique<state>())
{
    state_->target = {asio::ip::address_v4::loopback(), static_cast<unsigned short>(port)};
    state_->most = most_bytes;
    state_->random.seed(seed);
    state_->accept();
    state_->thread = std::thread([s = state_.get()] { s->loop.run(); });
}

cutting_proxy::~cutting_proxy()
{
    asio::post(state_->loop, [s = state_.get()] { s->loop.stop(); });
    state_->thread.join();
}

int cutting_proxy::port() const { return state_->acceptor.local_endpoint().port(); }
void cutting_proxy::calm() { state_->calm = true; }
long cutting_proxy::cuts() const { return state_->cuts; }

}
