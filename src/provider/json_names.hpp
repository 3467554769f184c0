#pragma once
#include <boost/json/basic_parser.hpp>
#include <optional>
#include <string>
#include <string_view>

namespace orderd::provider {

/// The first name that stands twice in one object of a JSON text, however it is escaped. What such an object says
/// depends on who reads it: some take the first member of that name, others the last.
std::optional<std::string> name_told_twice(std::string_view json);

/// Hears what Boost's parser reads, and keeps nothing of it.
struct nothing_kept {
    static constexpr std::size_t max_object_size = ~std::size_t{0}, max_array_size = ~std::size_t{0},
                                 max_key_size = 0x7fffffff - 1, max_string_size = 0x7fffffff - 1;
    using error = boost::system::error_code;
    using text = boost::json::string_view;
    bool on_document_begin(error&) { return true; }
    bool on_document_end(error&) { return true; }
    bool on_object_begin(error&) { return true; }
    bool on_object_end(std::size_t, error&) { return true; }
    bool on_array_begin(error&) { return true; }
    bool on_array_end(std::size_t, error&) { return true; }
    bool on_key_part(text, std::size_t, error&) { return true; }
    bool on_key(text, std::size_t, error&) { return true; }
    bool on_string_part(text, std::size_t, error&) { return true; }
    bool on_string(text, std::size_t, error&) { return true; }
    bool on_number_part(text, error&) { return true; }
    bool on_int64(std::int64_t, text, error&) { return true; }
    bool on_uint64(std::uint64_t, text, error&) { return true; }
    bool on_double(double, text, error&) { return true; }
    bool on_bool(bool, error&) { return true; }
    bool on_null(error&) { return true; }
    bool on_comment_part(text, error&) { return true; }
    bool on_comment(text, error&) { return true; }
};

}
