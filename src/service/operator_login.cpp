#include "operator_login.hpp"
#include "orderd/core/text.hpp"

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <utility>

namespace orderd::service {
namespace {

namespace asio = http::asio;
constexpr std::size_t most_clients_told = 1000;

bool same(const std::string& a, const std::string& b)
{
    return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}

std::optional<credentials> basic_credentials(const http::request& r)
{
    auto field = http::find_header(r.fields, "Authorization");
    if (!field.starts_with("Basic ") || field.size() > 2'000) return std::nullopt;
    field.remove_prefix(6);
    std::string decoded(field.size(), '\0');
    auto length = EVP_DecodeBlock(reinterpret_cast<unsigned char*>(decoded.data()),
                                  reinterpret_cast<const unsigned char*>(field.data()), static_cast<int>(field.size()));
    if (length < 0) return std::nullopt;
    auto padding = static_cast<std::size_t>(
        std::count(field.end() - std::min<std::ptrdiff_t>(2, std::ssize(field)), field.end(), '='));
    decoded.resize(static_cast<std::size_t>(length) - std::min<std::size_t>(padding, static_cast<std::size_t>(length)));
    auto colon = decoded.find(':');
    if (colon == decoded.npos || !valid_utf8(decoded)) return std::nullopt;
    return credentials{decoded.substr(0, colon), decoded.substr(colon + 1)};
}

operator_login::operator_login(asio::any_io_executor on, std::string password, logger& log, prometheus_metrics& m)
    : password_(std::move(password)), log_(log), metrics_(m), rest_(std::move(on))
{
}

asio::awaitable<operator_login::verdict> operator_login::compare(std::string client, std::string given)
{
    auto turn = guesses_.ask(client, password_guesses::clock::now());
    if (!turn.granted) {
        note(client, false);
        auto wait = std::chrono::ceil<std::chrono::seconds>(turn.at - password_guesses::clock::now());
        co_return verdict{verdict::come_again, std::max<long>(wait.count(), 1)};
    }
    asio::steady_timer pause(rest_.get_executor(), turn.at);
    co_await pause.async_wait(asio::as_tuple(asio::use_awaitable));
    bool right = same(given, password_);
    guesses_.compared(client, right, password_guesses::clock::now());
    if (right) co_return verdict{verdict::right};
    note(client, true);
    co_return verdict{verdict::wrong};
}

void operator_login::note(const std::string& client, bool compared)
{
    if (compared)
        metrics_.wrong_password();
    else
        ++not_compared_;
    if (from_.size() < most_clients_told) from_.insert(client);
    last_from_ = client;
    if (auto attempts = notice_.happened()) return tell(attempts);
    if (std::exchange(rest_waits_, true)) return;
    rest_.expires_after(std::chrono::minutes(1));
    rest_.async_wait([this](boost::system::error_code ended) {
        if (ended) return;
        rest_waits_ = false;
        if (auto attempts = notice_.due()) tell(attempts);
    });
}

void operator_login::tell(long attempts)
{
    log_.warning("wrong operator passwords on the status page", {{"attempts", attempts},
                                                                 {"not_compared", std::exchange(not_compared_, 0)},
                                                                 {"addresses", from_.size()},
                                                                 {"last_from", last_from_}});
    from_.clear();
}

}
