#include "failure_from.hpp"
#include "orderd/provider/transport.hpp"
#include "readable.hpp"
#include "token_source.hpp"

namespace orderd::provider {
namespace {

using clock = std::chrono::steady_clock;

class http_transport final : public transport {
public:
    http_transport(asio::any_io_executor on, const transport_options& options, logger& log, metrics& m)
        : client_(http::make_client(on, options.connection)),
          token_(on, options, log, m),
          place_(options.place),
          log_(log),
          metrics_(m)
    {
    }

    asio::awaitable<result<http::response>> send(call what, std::function<bool()> may_send) override
    {
        for (int attempt = 1;; ++attempt) {
            auto token = co_await token_.get();
            if (!token) co_return token.error();
            if (place_) co_await place_();
            http::request ask;
            ask.method = what.method;
            ask.target = what.target;
            ask.answer_limit = what.answer_limit;
            ask.taker = what.taker;
            ask.fields = {{"Authorization", "Bearer " + *token},
                          {"Accept", "application/json"},
                          {"Accept-Encoding", "identity"},
                          {"Cache-Control", "no-cache"}};
            if (what.method == "POST") {
                ask.fields.emplace_back("Content-Type", "application/json");
                ask.body = what.body;
            }
            auto began = clock::now();
            auto got = co_await client_->send(std::move(ask), may_send);
            auto* answer = std::get_if<http::response>(&got);
            metrics_.api_request(what.operation, answer ? answer->status : 0, clock::now() - began);
            if (!answer) co_return told(failure_from(std::get<http::failure>(got)), log_);
            if (refuses_token(*answer)) {
                token_.reject(*token);
                if (attempt == 1) continue;
            }
            bool success = answer->status / 100 == 2;
            if (success && !answer->unusable.empty() && answer->body.empty() && what.taker)
                answer->body = what.taker->beginning();
            if (success && !answer->unusable.empty())
                co_return unusable(*answer, what.operation + ": " + answer->unusable);
            answer->body = read_as(std::move(answer->body), http::find_header(answer->fields, "Content-Type"));
            co_return std::move(*answer);
        }
    }

    asio::awaitable<result<std::monostate>> authenticate() override
    {
        auto token = co_await token_.get();
        if (!token) co_return token.error();
        co_return std::monostate{};
    }
    bool authenticated() const override { return token_.good(); }
    std::optional<std::chrono::milliseconds> token_age() const override { return token_.age(); }

private:
    std::unique_ptr<http::client> client_;
    token_source token_;
    std::function<asio::awaitable<void>()> place_;
    logger& log_;
    metrics& metrics_;
};

}

std::unique_ptr<transport> make_http_transport(asio::any_io_executor on, const transport_options& options, logger& log,
                                               metrics& m)
{
    return std::make_unique<http_transport>(std::move(on), options, log, m);
}

}
