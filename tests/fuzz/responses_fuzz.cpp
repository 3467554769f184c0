#include "expect.hpp"
#include "orderd/provider/codec.hpp"

#include <cstdint>

// What the provider may say, to every decoder: nothing it says makes one fall.
using namespace orderd;
using orderd::fuzz::expect;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    std::string_view text(reinterpret_cast<const char*>(data), size);
    if (auto token = provider::decode_token(text)) {
        expect(!token->access_token.empty(), "a token is not empty");
        expect(token->expires_in.count() > 0, "a token lives for a while");
    }
    provider::decode_products(text);
    provider::decode_orders(text);
    provider::decode_order(text);
    provider::decode_sites(text);
    provider::decode_site(text);
    if (auto code = provider::decode_created(text)) expect(!code->text.empty(), "an order code is not empty");
    for (const auto& e : provider::decode_errors(text)) (void)e;
    auto now = std::chrono::system_clock::time_point{} + std::chrono::hours(24 * 365 * 56);
    if (auto wait = provider::parse_retry_after(text, now)) expect(wait->count() >= 0, "a pause is not negative");
    return 0;
}
