#include "final_answer.hpp"

#include <algorithm>
#include <boost/beast/http/error.hpp>

namespace orderd::http {

using boost::system::error_code;
namespace wire = boost::beast::http;

namespace {

constexpr int most_informational = 32;
constexpr std::size_t head_limit = 64 * 1024;
constexpr std::size_t unread_limit = 2 * head_limit; // of a trailer, or of a chunk's head: the parser takes each whole

}

void limited_body::reader::init(const boost::optional<std::uint64_t>& length, error_code& error)
{
    error = {};
    auto head = describe_();
    auto* taker = body_.limits.taker;
    body_.taken = taker && head.status == 200;
    bool long_one = taker ? body_.taken : head.status / 100 == 2;
    auto limit = long_one ? body_.limits.success : body_.limits.error;
    unpacker_.emplace(head.codings, limit);
    if (body_.taken)
        taker->begin();
    else if (length)
        body_.text.reserve(static_cast<std::size_t>(std::min<std::uint64_t>(*length, limit)));
}

void limited_body::reader::take(std::string_view piece, error_code& error)
{
    if (unpacker_->add(piece, [this](std::string_view unpacked) { return give(unpacked); })) return;
    body_.unusable = unpacker_->problem();
    error = wire::error::body_limit; // ends the parsing; what was wrong is in `unusable`
}

void limited_body::reader::finish(error_code& error)
{
    error = {};
    if (unpacker_ && !unpacker_->end([this](std::string_view unpacked) { return give(unpacked); }))
        body_.unusable = unpacker_->problem();
}

std::string limited_body::reader::give(std::string_view unpacked)
{
    if (body_.taken) return body_.limits.taker->take(unpacked);
    body_.text.append(unpacked);
    return {};
}

final_answer::final_answer(answer_limits limits, bool asked_for_head) : limits_(limits), asked_for_head_(asked_for_head)
{
    begin();
}

void final_answer::begin()
{
    parser_.emplace();
    parser_->eager(true);
    parser_->skip(asked_for_head_);
    parser_->body_limit(boost::none); // the body's own
    parser_->header_limit(head_limit);
    parser_->get().body().limits = limits_;
}

void final_answer::take(boost::beast::flat_buffer& came, error_code& error)
{
    while (true) {
        came.consume(parser_->put(came.data(), error));
        if (error == wire::error::need_more && came.size() > unread_limit) error = wire::error::header_limit;
        if (error == wire::error::need_more || given_up()) error = {};
        // A coding of the transfer that is not understood leaves open where the answer ends (RFC 9112, 6.3).
        if (!error && parser_->is_header_done() && !parser_->chunked() &&
            parser_->get().count(wire::field::transfer_encoding) > 0)
            error = wire::error::bad_transfer_encoding;
        if (error || !parser_->is_done() || !informational()) return;
        if (++passed_ > most_informational) {
            error = wire::error::header_limit;
            return;
        }
        begin();
        if (came.size() == 0) return;
    }
}

void final_answer::end(error_code& error) { parser_->put_eof(error); }

bool final_answer::informational() const
{
    auto status = parser_->get().result_int();
    return status / 100 == 1 && status != static_cast<unsigned>(wire::status::switching_protocols);
}

bool final_answer::plain() const
{
    return passed_ == 0 && parser_->is_done() && parser_->keep_alive() && parser_->get().version() == 11;
}

response final_answer::give()
{
    auto& parsed = parser_->get();
    response out;
    out.status = static_cast<int>(parsed.result_int());
    for (const auto& field : parsed) out.fields.emplace_back(field.name_string(), field.value());
    out.body = std::move(parsed.body().text);
    out.unusable = std::move(parsed.body().unusable);
    if (parsed.body().taken && !out.unusable.empty()) out.body = limits_.taker->beginning();
    return out;
}

}
