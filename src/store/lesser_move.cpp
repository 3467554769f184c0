#include "lesser_move.hpp"
#include "orderd/core/text.hpp"

#include <algorithm>
#include <array>
#include <sodium.h>

namespace orderd::store {
namespace {

constexpr std::size_t code_kept = 100;
constexpr milliseconds least_delay{60'000};

/// The members whose text somebody else wrote.
template <class Move>
auto texts_of(Move& m)
{
    return std::array{&m.why,
                      &m.request_id,
                      &m.errors_json,
                      &m.raw,
                      &m.error_code,
                      &m.error_message,
                      &m.evidence_json,
                      &m.provider_status,
                      &m.customer_site_code,
                      &m.application_date,
                      &m.hope_to_start_at,
                      &m.hope_to_end_at,
                      &m.global_ip};
}

/// "1,234 bytes, SHA-256 …" of everything that the provider told.
std::string fingerprint(const order_move& m)
{
    crypto_hash_sha256_state state;
    crypto_hash_sha256_init(&state);
    std::size_t bytes = 0;
    for (const auto* text : texts_of(m)) {
        crypto_hash_sha256_update(&state, reinterpret_cast<const unsigned char*>(text->data()), text->size());
        bytes += text->size();
    }
    std::array<unsigned char, crypto_hash_sha256_BYTES> hash{};
    crypto_hash_sha256_final(&state, hash.data());
    std::string hex(2 * hash.size() + 1, '\0');
    sodium_bin2hex(hex.data(), hex.size(), hash.data(), hash.size());
    hex.pop_back();
    return std::to_string(bytes) + " bytes, SHA-256 " + hex;
}

}

std::optional<order_move> without_code(const order_move& wanted, order_id owner)
{
    if (wanted.code.text.empty()) return std::nullopt;
    auto code = printable(wanted.code.text, code_kept);
    auto whose = owner.value == 0 ? std::string("another order here") : "order #" + std::to_string(owner.value);
    order_move other = wanted;
    other.why = "the order code " + code + " belongs to " + whose;
    other.provider_status.clear();
    if (wanted.from == order_state::submitting) {
        // The answer is not about this order, or an earlier one was not: what became of it is found out by a search.
        // The story keeps the code.
        other.event = order_event::outcome_unknown;
        other.delay = wanted.settle_time;
        other.why = "the provider answered with the order code " + code + ", which belongs to " + whose +
                    "; this order is searched for";
        other.error_code = "order_code_conflict";
        other.error_message =
            "提供元が返したオーダー番号 " + code + " は" +
            (owner.value == 0 ? std::string("本システムの別のオーダ") : "オーダ #" + std::to_string(owner.value)) +
            "のものです。このオーダを提供元で検索します。 / " + other.why;
        return other;
    }
    if (wanted.event != order_event::found_at_provider) return std::nullopt;
    // Another order in doubt was found in it first: a new search knows that it is not this one's.
    other.event = order_event::search_inconclusive;
    other.code = {};
    other.error_code.clear();
    other.error_message.clear();
    other.searches = 0;
    other.delay = milliseconds(0);
    return other;
}

order_move without_words(const order_move& wanted)
{
    order_move other = wanted;
    auto was = fingerprint(wanted);
    for (auto* text : texts_of(other)) text->clear();
    other.provider_status = wanted.provider_status.size() == 1 ? wanted.provider_status : "";
    other.why = "what the provider told could not be kept as it came (" + was + ")";
    if (!wanted.error_code.empty() || !wanted.error_message.empty()) {
        other.error_code = "not_kept";
        other.error_message = "提供元の応答を記録できませんでした (" + was +
                              ")。 / what the provider told could not be kept as it came (" + was + ")";
    }
    return other;
}

std::optional<order_move> outcome_not_kept(const order_move& wanted)
{
    bool sending = wanted.from == order_state::submitting;
    if (!sending && wanted.from != order_state::in_doubt) return std::nullopt;
    order_move other;
    other.id = wanted.id;
    other.revision = wanted.revision;
    other.from = wanted.from;
    other.event = sending ? order_event::outcome_unknown : order_event::search_inconclusive;
    other.delay = std::max({wanted.delay.value_or(milliseconds(0)), wanted.settle_time, least_delay});
    other.why = "the answer could not be recorded";
    if (!wanted.code.text.empty()) other.why += "; its order number was " + printable(wanted.code.text, code_kept);
    return other;
}

}
