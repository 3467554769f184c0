#include "orderd/http/client.hpp"

#include "connector.hpp"
#include "final_answer.hpp"
#include "time_limits.hpp"

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/http.hpp>

namespace orderd::http {
namespace {

namespace beast = boost::beast;
using boost::system::error_code;
constexpr auto as_result = asio::as_tuple(asio::use_awaitable);
using clock = std::chrono::steady_clock;

constexpr std::size_t read_at_once = 16 * 1024;

/// A request as it goes over the wire, and what its answer may be.
struct exchange_of {
    std::string text;
    answer_limits limits;
    bool head;
};

std::string host_field(const server_address& at)
{
    bool bracketed = at.host.find(':') != at.host.npos;
    bool usual = at.port == (at.tls ? "443" : "80");
    return (bracketed ? "[" + at.host + "]" : at.host) + (usual ? "" : ":" + at.port);
}

/// Whether what came behind an answer's end belongs to it all the same. Another answer does not, and some servers put
/// a line break between the two.
bool goes_on(asio::const_buffer behind)
{
    std::string_view rest(static_cast<const char*>(behind.data()), behind.size());
    rest.remove_prefix(std::min(rest.find_first_not_of("\r\n"), rest.size()));
    constexpr std::string_view next = "HTTP/";
    return !rest.empty() && rest.substr(0, next.size()) != next.substr(0, rest.size());
}

class pooled_client final : public client {
public:
    pooled_client(asio::any_io_executor on, client_options options)
        : executor_(std::move(on)),
          options_(std::move(options)),
          connector_(executor_, options_),
          limits_(std::make_shared<time_limits>(executor_)),
          host_(host_field(options_.server))
    {
    }

    asio::awaitable<outcome> send(request asked, std::function<bool()> may_send) override
    {
        bool repeatable = asked.method == "GET";
        bool reused = false;
        exchange_of wanted{
            text_of(asked), {asked.answer_limit, options_.error_limit, asked.taker}, asked.method == "HEAD"};
        auto first = co_await attempt(wanted, false, reused, may_send);
        auto* failed = std::get_if<failure>(&first);
        if (failed && reused && repeatable) co_return co_await attempt(wanted, true, reused, may_send);
        co_return first;
    }

private:
    /// The request as it goes over the wire. A line break in a value would begin a field of its own, and is left out.
    std::string text_of(const request& asked) const
    {
        std::string text;
        text.reserve(512 + asked.body.size());
        auto add_field = [&](std::string_view name, std::string_view value) {
            text.append(name).append(": ");
            for (std::size_t end; (end = value.find_first_of("\r\n")) != value.npos; value.remove_prefix(end + 1))
                text.append(value.substr(0, end));
            text.append(value).append("\r\n");
        };
        text.append(asked.method).append(" ").append(asked.target).append(" HTTP/1.1\r\n");
        add_field("Host", host_);
        add_field("User-Agent", options_.user_agent);
        for (const auto& [name, value] : asked.fields) add_field(name, value);
        if (!asked.body.empty() || asked.method == "POST")
            add_field("Content-Length", std::to_string(asked.body.size()));
        return text.append("\r\n").append(asked.body);
    }

    asio::awaitable<outcome> attempt(const exchange_of& wanted, bool fresh, bool& reused,
                                     const std::function<bool()>& may_send)
    {
        connection_ptr line = fresh ? nullptr : take_idle();
        reused = line != nullptr;
        if (!line) {
            auto opened = co_await connector_.open();
            if (auto* failed = std::get_if<failure>(&opened)) co_return outcome{std::move(*failed)};
            line = std::get<connection_ptr>(std::move(opened));
        }
        if (may_send && !may_send()) {
            if (reused) idle_.push_back(std::move(line)); // nothing went over it
            co_return outcome{
                failure{failure::what_happened::kept_back, "not sent: it was stopped at the last moment"}};
        }
        // What a server says before it was asked answers nothing. (Behind a handshake come bytes that belong to TLS.)
        if (!reused && !line->secure && line->stale())
            co_return outcome{not_sent("the server closed the connection, or answered, before it was asked")};
        if (line->secure) {
            auto& secure = *line->secure;
            co_return co_await exchange(secure, std::move(line), wanted);
        }
        auto& plain = line->plain;
        co_return co_await exchange(plain, std::move(line), wanted);
    }

    template <class Stream>
    asio::awaitable<outcome> exchange(Stream& stream, connection_ptr line, const exchange_of& wanted)
    {
        time_limits::limit time(limits_, line->plain, options_.request_timeout);
        auto [write_error, written] = co_await asio::async_write(stream, asio::buffer(wanted.text), as_result);
        if (write_error) {
            auto why = time.expired() ? "the request time-out is over" : write_error.message();
            if (written == 0) co_return outcome{not_sent("the request could not be sent: " + why)};
            co_return outcome{
                failure{failure::what_happened::unknown, "the connection broke while the request was sent: " + why}};
        }
        final_answer answer(wanted.limits, wanted.head);
        error_code read_error;
        while (!read_error && !answer.whole()) {
            auto [broken, got] = co_await stream.async_read_some(line->buffer.prepare(read_at_once), as_result);
            line->buffer.commit(got);
            // One that was on its way before the request arrived answers something else (as far as TCP can tell: an
            // answer that crosses the request's last yards looks like its own).
            if (got > 0 && !answer.begun() && line->unheard(wanted.text.size()))
                co_return outcome{
                    failure{failure::what_happened::unknown, "an answer came before the request could have arrived"}};
            if (got > 0) answer.take(line->buffer, read_error);
            if (auto* taker = wanted.limits.taker; taker && taker->must_wait()) co_await taker->wait();
            if (!broken || read_error || answer.whole()) continue;
            if (broken == asio::error::eof && answer.begun())
                answer.end(read_error);
            else
                read_error = broken;
        }
        if (read_error) {
            auto why = time.expired() ? "no whole answer within the request time-out"
                                      : "no whole answer: " + read_error.message();
            co_return outcome{failure{failure::what_happened::unknown, why, answer.begun()}};
        }
        auto out = answer.give();
        if (out.unusable.empty() && goes_on(line->buffer.data()))
            out.unusable = "more came than the answer says that it has";
        if (out.status == static_cast<int>(beast::http::status::switching_protocols))
            co_return outcome{failure{failure::what_happened::unknown,
                                      "the server wants to speak another protocol (101) that nobody asked for"}};
        // A connection on which anything was seen that a plain answer does not have is not used again: bytes behind the
        // answer belong to nothing that was asked, and must not be taken for the next one.
        if (answer.plain() && line->buffer.size() == 0 && !line->unread()) {
            line->idle_since = clock::now();
            idle_.push_back(std::move(line));
        }
        co_return outcome{std::move(out)};
    }

    connection_ptr take_idle()
    {
        while (!idle_.empty()) {
            auto line = std::move(idle_.back()); // the one used last is the likeliest to live
            idle_.pop_back();
            if (clock::now() - line->idle_since < options_.idle_timeout && !line->stale()) return line;
        }
        return nullptr;
    }

    asio::any_io_executor executor_;
    client_options options_;
    connector connector_;
    std::shared_ptr<time_limits> limits_;
    std::string host_; // of the Host field
    std::vector<connection_ptr> idle_;
};

}

std::unique_ptr<client> make_client(asio::any_io_executor on, client_options options)
{
    return std::make_unique<pooled_client>(std::move(on), std::move(options));
}

}
