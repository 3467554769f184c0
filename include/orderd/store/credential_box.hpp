#pragma once
#include <optional>
#include <string>
#include <vector>

// Seals the secrets of sites, so that the database, its backups and its readers do not know them.
namespace orderd::store {

struct sealed_secret {
    std::string key_id; // which key: the first 8 hexadecimal digits of its BLAKE2b hash
    std::string hex;    // nonce and ciphertext
};

/// XChaCha20-Poly1305 (libsodium). Site and name of a secret are authenticated with it: a sealed value that is put in
/// another's place does not open.
class credential_box {
public:
    /// `keys`: 64 hexadecimal digits each; the first one seals, all of them open. Throws std::invalid_argument with
    /// what is wrong, without the key.
    explicit credential_box(const std::vector<std::string>& keys);
    ~credential_box(); // wipes the keys
    credential_box(const credential_box&) = delete;
    credential_box& operator=(const credential_box&) = delete;

    const std::string& key_id() const { return ids_.front(); }
    sealed_secret seal(const std::string& site, const std::string& name, const std::string& value) const;
    /// Nothing when the key is not among ours, or the sealed value is not what was sealed.
    std::optional<std::string> open(const std::string& site, const std::string& name, const sealed_secret&) const;

private:
    std::vector<std::string> keys_, ids_; // 32 bytes each
};

}
