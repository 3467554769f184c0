#pragma once
#include "orderd/core/column.hpp"

#include <memory>
#include <string>
#include <string_view>

namespace orderd::intake {

/// SHA-256 of the database's own content key and bytes that come piece by piece, cut to 32 hexadecimal digits. Equal
/// content gives equal text on every machine that shares the database; the key keeps secrets in it from being guessed
/// by trying.
class content_hasher {
public:
    explicit content_hasher(std::string_view content_key);
    ~content_hasher();
    /// Begins anew; what was added is forgotten.
    void begin(std::string_view content_key);
    void add(std::string_view bytes);
    std::string end();

private:
    struct digest;
    std::unique_ptr<digest> digest_;
};

/// The same of a row's values in normal form; `request_key` is left out.
std::string content_hash(std::string_view content_key, const row_values&);

}
