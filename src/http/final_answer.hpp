#pragma once
#include "orderd/http/body_taker.hpp"
#include "orderd/http/message.hpp"
#include "unpacker.hpp"

#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/optional.hpp>
#include <functional>
#include <optional>
#include <string>

namespace orderd::http {

/// How much of an answer's body is read, by its status (RULINGS T16).
struct answer_limits {
    std::size_t success, error;
    body_taker* taker = nullptr; // of a 200; another success is an error then
};

/// A body that is unpacked while it comes, and read no further than its limit: a Body as Beast's parser fills it.
struct limited_body {
    struct value_type {
        answer_limits limits;
        std::string text, unusable; // see response
        bool taken = false;         // the taker gets it
    };
    class reader {
    public:
        template <bool is_request, class Fields>
        reader(boost::beast::http::header<is_request, Fields>& head, value_type& body)
            : body_(body), describe_([&head] { return head_of(head); })
        {
        }
        void init(const boost::optional<std::uint64_t>& length, boost::system::error_code& error);
        template <class Buffers>
        std::size_t put(const Buffers& buffers, boost::system::error_code& error)
        {
            std::size_t taken = 0;
            for (auto at = boost::asio::buffer_sequence_begin(buffers);
                 at != boost::asio::buffer_sequence_end(buffers) && !error; ++at) {
                boost::asio::const_buffer piece(*at);
                take({static_cast<const char*>(piece.data()), piece.size()}, error);
                taken += piece.size();
            }
            return taken;
        }
        void finish(boost::system::error_code& error);

    private:
        struct head_told {
            unsigned status;
            std::string codings;
        };
        template <bool is_request, class Fields>
        static head_told head_of(const boost::beast::http::header<is_request, Fields>& head)
        {
            head_told told{0, {}};
            if constexpr (!is_request) told.status = head.result_int();
            auto [at, end] = head.equal_range(boost::beast::http::field::content_encoding);
            for (; at != end; ++at) told.codings.append(at->value()).append(",");
            return told;
        }
        void take(std::string_view piece, boost::system::error_code& error);
        std::string give(std::string_view unpacked);

        value_type& body_;
        std::function<head_told()> describe_; // the reader is made before there is a head
        std::optional<unpacker> unpacker_;
    };
};

/// The final answer to a request: informational ones (1xx) before it are read past (RFC 9110, 15.2).
class final_answer {
public:
    final_answer(answer_limits limits, bool asked_for_head);
    /// Feeds the parser with what has come, as far as it goes.
    void take(boost::beast::flat_buffer& came, boost::system::error_code& error);
    /// The connection has ended.
    void end(boost::system::error_code& error);
    bool begun() const { return parser_->got_some(); }
    /// All of it is there, or as much as is ever read.
    bool whole() const { return parser_->is_done() || given_up(); }
    /// Nothing but one answer came, and the connection may go on.
    bool plain() const;
    response give();

private:
    using parser = boost::beast::http::response_parser<limited_body>;
    void begin();
    bool informational() const;
    /// The head is known, and the rest of the body is not worth reading.
    bool given_up() const { return !parser_->get().body().unusable.empty(); }

    answer_limits limits_;
    bool asked_for_head_;
    std::optional<parser> parser_;
    int passed_ = 0;
};

}
