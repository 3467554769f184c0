#include "connector.hpp"

#include "race.hpp"

#include <algorithm>
#include <stdexcept>

namespace orderd::http {

namespace asio = boost::asio;
namespace ssl = boost::asio::ssl;
using clock = std::chrono::steady_clock;

namespace {

ssl::context tls_for(const client_options& options)
{
    ssl::context tls(ssl::context::tls_client);
    if (!options.server.tls) return tls;
    if (options.ca_file.empty())
        tls.set_default_verify_paths();
    else {
        boost::system::error_code error;
        tls.load_verify_file(options.ca_file, error);
        if (error) throw std::runtime_error("api.ca_file " + options.ca_file + " cannot be used: " + error.message());
    }
    tls.set_verify_mode(ssl::verify_peer);
    tls.set_options(ssl::context::default_workarounds | ssl::context::no_tlsv1 | ssl::context::no_tlsv1_1);
    return tls;
}

unsigned short number_of(const std::string& port)
{
    return port.empty() ? 0 : static_cast<unsigned short>(std::stoul(port));
}

failure no_descriptors(const std::string& server)
{
    auto failed = not_sent("no file can be opened for a connection to " + server +
                           ": the limit of open files is reached (ulimit -n, LimitNOFILE in the unit)");
    failed.no_descriptors = true;
    return failed;
}

}

connector::connector(asio::any_io_executor on, const client_options& options)
    : executor_(std::move(on)),
      server_(options.server),
      time_out_(options.connect_timeout),
      tls_(tls_for(options)),
      names_(std::make_shared<name_lookup>(executor_, server_.host, options.names))
{
}

asio::awaitable<connector::opened> connector::open()
{
    course where;
    where.deadline = clock::now() + time_out_;
    auto found = co_await names_->addresses(where.deadline);
    auto server = server_.host + ":" + server_.port;
    if (found.addresses.empty() && found.no_descriptors) co_return no_descriptors(server);
    if (found.addresses.empty())
        co_return not_sent("the name " + server_.host + " cannot be resolved: " + found.failed);
    where.endpoints = in_order(found.addresses);
    where.prepare = [this](connection& line) {
        if (!server_.tls) return;
        line.secure.emplace(line.plain, tls_);
        SSL_set_tlsext_host_name(line.secure->native_handle(), server_.host.c_str());
        line.secure->set_verify_callback(ssl::host_name_verification(server_.host));
    };
    auto tried = where.endpoints;
    auto first = co_await race(executor_, std::move(where));
    if (first.winner) {
        if (first.place > 0) preferred_ = tried[first.place].address();
        co_return opened(std::move(first.winner));
    }
    if (first.no_descriptors) co_return no_descriptors(server);
    names_->doubt();
    preferred_ = asio::ip::address();
    co_return not_sent(first.connected ? "TLS with " + server + " failed: " + first.failed
                                       : "no connection to " + server + ": " + first.failed);
}

connector::endpoints connector::in_order(const std::vector<asio::ip::address>& addresses) const
{
    endpoints out;
    for (const auto& address : interleaved(addresses)) out.emplace_back(address, number_of(server_.port));
    std::stable_partition(out.begin(), out.end(), [&](const auto& to) { return to.address() == preferred_; });
    return out;
}

std::vector<asio::ip::address> interleaved(const std::vector<asio::ip::address>& addresses)
{
    std::vector<asio::ip::address> same, other, out;
    for (const auto& address : addresses)
        (address.is_v6() == addresses.front().is_v6() ? same : other).push_back(address);
    for (std::size_t i = 0; i < std::max(same.size(), other.size()); ++i) {
        if (i < same.size()) out.push_back(same[i]);
        if (i < other.size()) out.push_back(other[i]);
    }
    return out;
}

}
