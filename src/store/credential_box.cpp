#include "orderd/store/credential_box.hpp"

#include <sodium.h>
#include <stdexcept>

namespace orderd::store {
namespace {

constexpr std::size_t key_bytes = crypto_aead_xchacha20poly1305_ietf_KEYBYTES,
                      nonce_bytes = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES,
                      tag_bytes = crypto_aead_xchacha20poly1305_ietf_ABYTES;

const unsigned char* bytes(const std::string& s) { return reinterpret_cast<const unsigned char*>(s.data()); }
unsigned char* bytes(std::string& s) { return reinterpret_cast<unsigned char*>(s.data()); }

std::string hex_of(const std::string& raw)
{
    std::string out(raw.size() * 2 + 1, '\0');
    sodium_bin2hex(out.data(), out.size(), bytes(raw), raw.size());
    out.pop_back();
    return out;
}

std::optional<std::string> from_hex(const std::string& hex)
{
    std::string raw(hex.size() / 2, '\0');
    std::size_t length = 0;
    const char* end = nullptr;
    if (sodium_hex2bin(bytes(raw), raw.size(), hex.data(), hex.size(), nullptr, &length, &end) != 0 ||
        end != hex.data() + hex.size() || length != raw.size())
        return std::nullopt;
    return raw;
}

/// What a sealed value belongs to; a NUL parts the two, which neither of them has.
std::string belongs_to(const std::string& site, const std::string& name) { return site + '\0' + name; }

}

credential_box::credential_box(const std::vector<std::string>& keys)
{
    if (sodium_init() < 0) throw std::runtime_error("libsodium cannot be used on this machine");
    for (const auto& text : keys) {
        auto key = from_hex(text);
        if (!key || key->size() != key_bytes)
            throw std::invalid_argument("a key must have 64 hexadecimal digits, as `openssl rand -hex 32` gives");
        std::string id(4 + 12, '\0'); // BLAKE2b gives at least 16 bytes
        crypto_generichash(bytes(id), id.size(), bytes(*key), key->size(), nullptr, 0);
        ids_.push_back(hex_of(id.substr(0, 4)));
        keys_.push_back(std::move(*key));
    }
    if (keys_.empty()) throw std::invalid_argument("there is no key");
}

credential_box::~credential_box()
{
    for (auto& key : keys_) sodium_memzero(key.data(), key.size());
}

sealed_secret credential_box::seal(const std::string& site, const std::string& name, const std::string& value) const
{
    auto about = belongs_to(site, name);
    std::string out(nonce_bytes + value.size() + tag_bytes, '\0');
    randombytes_buf(out.data(), nonce_bytes);
    crypto_aead_xchacha20poly1305_ietf_encrypt(bytes(out) + nonce_bytes, nullptr, bytes(value), value.size(),
                                               bytes(about), about.size(), nullptr, bytes(out), bytes(keys_.front()));
    return {ids_.front(), hex_of(out)};
}

std::optional<std::string> credential_box::open(const std::string& site, const std::string& name,
                                                const sealed_secret& secret) const
{
    auto sealed = from_hex(secret.hex);
    if (!sealed || sealed->size() < nonce_bytes + tag_bytes) return std::nullopt;
    auto about = belongs_to(site, name);
    for (std::size_t i = 0; i < keys_.size(); ++i) {
        if (ids_[i] != secret.key_id) continue;
        std::string value(sealed->size() - nonce_bytes - tag_bytes, '\0');
        if (crypto_aead_xchacha20poly1305_ietf_decrypt(bytes(value), nullptr, nullptr, bytes(*sealed) + nonce_bytes,
                                                       sealed->size() - nonce_bytes, bytes(about), about.size(),
                                                       bytes(*sealed), bytes(keys_[i])) == 0)
            return value;
    }
    return std::nullopt;
}

}
