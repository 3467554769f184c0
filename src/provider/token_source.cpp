#include "token_source.hpp"
#include "failure_from.hpp"
#include "orderd/provider/codec.hpp"

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace orderd::provider {

using namespace std::chrono_literals;

token_source::token_source(asio::any_io_executor on, const transport_options& options, logger& log, metrics& m)
    : executor_(on),
      path_(options.token_path),
      body_(encode_token_request(options.client_id, options.client_secret)),
      client_(http::make_client(on, options.token_connection)),
      log_(log),
      metrics_(m),
      refreshed_(on, clock::time_point::max())
{
}

bool token_source::good() const { return !token_.empty() && clock::now() < good_until_; }

std::optional<std::chrono::milliseconds> token_source::age() const
{
    if (token_.empty()) return std::nullopt;
    return std::chrono::duration_cast<std::chrono::milliseconds>(clock::now() - got_at_);
}

void token_source::reject(const std::string& token)
{
    if (token == token_) token_.clear();
}

asio::awaitable<result<std::string>> token_source::get()
{
    while (!good()) {
        if (!refreshing_) {
            auto got = co_await refresh();
            if (!got) co_return got;
            continue;
        }
        co_await refreshed_.async_wait(asio::as_tuple(asio::use_awaitable));
        if (!good() && !refreshing_ && last_failure_) co_return *last_failure_;
    }
    co_return token_;
}

asio::awaitable<result<std::string>> token_source::refresh()
{
    if (clock::now() < not_before_ && last_failure_) co_return *last_failure_; // wrong credentials: do not hammer (T7)
    refreshing_ = true;
    auto began = clock::now();
    http::request ask;
    ask.method = "POST";
    ask.target = path_;
    ask.fields = {
        {"Content-Type", "application/json"}, {"Accept", "application/json"}, {"Accept-Encoding", "identity"}};
    ask.body = body_;
    ask.answer_limit = short_answer;
    auto got = co_await client_->send(std::move(ask));
    refreshing_ = false;
    refreshed_.cancel();

    last_failure_.reset();
    auto* answer = std::get_if<http::response>(&got);
    metrics_.api_request("POST /accesstokens", answer ? answer->status : 0, clock::now() - began);
    if (!answer) {
        // The token call has no effect that matters at the provider: for what waits for it nothing was sent.
        last_failure_ = told(failure_from(std::get<http::failure>(got)), log_);
        last_failure_->kind = failure::what_happened::not_sent;
    } else if (answer->status / 100 != 2) {
        last_failure_ = failure_from(*answer);
        bool denied = answer->status == 400 || answer->status == 401 || answer->status == 403;
        last_failure_->kind = denied ? failure::what_happened::unauthorized : failure::what_happened::not_sent;
        last_failure_->text = "the token call was answered with " + last_failure_->text;
        last_failure_->credentials_refused = denied;
        if (denied) {
            auto pause = std::min<std::chrono::seconds>(60s * (1 << std::min(wrong_credentials_++, 4)), 900s);
            not_before_ = clock::now() + pause;
            last_failure_->retry_after = pause;
            log_.error("the provider refuses the client id or secret; check api.client_id and api.client_secret_file",
                       {{"provider_says", summary(*last_failure_)}, {"next_try_seconds", pause.count()}});
        }
    } else if (auto token = decode_token(answer->body)) {
        token_ = std::move(token->access_token);
        // Ahead of expiry by a tenth of the lifetime, at most a minute.
        auto life = std::chrono::duration_cast<clock::duration>(token->expires_in);
        got_at_ = clock::now();
        good_until_ = got_at_ + life - std::min<clock::duration>(life / 10, 60s);
        wrong_credentials_ = 0;
        not_before_ = {};
        co_return token_;
    } else {
        last_failure_ = unusable(*answer, "the token call was answered without a token" +
                                              (answer->unusable.empty() ? "" : ": " + answer->unusable));
        last_failure_->raw.clear(); // it may hold a secret
        last_failure_->kind = failure::what_happened::not_sent;
    }
    co_return *last_failure_;
}

}
