#pragma once
#include "json_members.hpp"
#include "list_splitter.hpp"
#include "orderd/provider/list_bounds.hpp"

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace orderd::provider {

/// Reads a list from its bytes, as they come, whatever it is written in (RULINGS T17): element by element, so that no
/// more is kept of it than what `element` makes of each.
class list_reader {
public:
    struct listener {
        std::function<void()> begins;                                 // what came so far is not the list
        std::function<void(const json::value*, std::string)> element; // or why it cannot be read
        std::function<std::string()> too_much;                        // "", or why it is more than any list may be
    };
    list_reader(std::vector<std::string_view> names, listener);
    ~list_reader();

    void begin();
    /// "", or why no more is looked at.
    std::string take(std::string_view piece);
    /// The envelope, without the list's elements; nothing when what came is no list.
    std::optional<json::value> end();
    /// Why no more was looked at; "" when all was.
    const std::string& refused() const { return refused_; }

    /// What came, where it is short; its beginning otherwise.
    std::string_view body() const { return body_; }
    bool blank() const { return blank_; }
    /// What is kept to be read in another way, should it be no JSON as it is.
    std::size_t cost() const { return body_.capacity(); }

private:
    void start();
    void add(std::string_view piece);
    bool read_again();
    bool take_elements(const json::value& envelope);
    void parse(std::string_view element);
    void tell(const json::value*, std::string why);
    void keep(std::string_view piece);

    std::vector<std::string_view> names_;
    listener listener_;
    std::unique_ptr<list_splitter> splitter_;
    std::unique_ptr<unsigned char[]> room_; // for one element
    std::string body_, refused_;
    std::string first_; // too little to see whether a mark is at the beginning
    bool begun_ = false, broken_ = false, whole_ = true, blank_ = true;
};

}
