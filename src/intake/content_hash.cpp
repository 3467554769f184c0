#include "orderd/intake/content_hash.hpp"

#include <openssl/evp.h>
#include <stdexcept>

namespace orderd::intake {

struct content_hasher::digest {
    EVP_MD_CTX* context = EVP_MD_CTX_new();
    ~digest() { EVP_MD_CTX_free(context); }
};

namespace {

void must(int done)
{
    if (done != 1) throw std::runtime_error("OpenSSL cannot make a SHA-256 digest");
}

/// Looked up once: that costs more than the digest of a row.
const EVP_MD* sha256()
{
    static EVP_MD* const fetched = EVP_MD_fetch(nullptr, "SHA256", nullptr);
    return fetched;
}

}

content_hasher::content_hasher(std::string_view content_key) : digest_(std::make_unique<digest>())
{
    begin(content_key);
}

void content_hasher::begin(std::string_view content_key)
{
    must(EVP_DigestInit_ex2(digest_->context, sha256(), nullptr));
    add(content_key);
    add("\n");
}

content_hasher::~content_hasher() = default;

void content_hasher::add(std::string_view bytes)
{
    must(EVP_DigestUpdate(digest_->context, bytes.data(), bytes.size()));
}

std::string content_hasher::end()
{
    unsigned char made[EVP_MAX_MD_SIZE];
    must(EVP_DigestFinal_ex(digest_->context, made, nullptr));
    constexpr char hex[] = "0123456789abcdef";
    std::string text;
    for (int i = 0; i < 16; ++i) {
        text += hex[made[i] >> 4];
        text += hex[made[i] & 15];
    }
    return text;
}

std::string content_hash(std::string_view content_key, const row_values& row)
{
    std::string bytes;
    bytes.reserve(1'024);
    for (const auto& c : columns()) {
        const auto& value = row[c.id];
        if (c.id == column::request_key || value.empty()) continue;
        bytes += c.name;
        bytes += ':';
        bytes += std::to_string(value.size());
        bytes += ':';
        bytes += value;
    }
    thread_local content_hasher hash(content_key); // its memory costs as much as a short row's digest
    hash.begin(content_key);
    hash.add(bytes);
    return hash.end();
}

}
