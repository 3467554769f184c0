#pragma once
#include <boost/json/basic_parser.hpp>
#include <cstddef>
#include <functional>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace orderd::provider {

constexpr std::size_t longest_element = 1u << 20; // of a list, without the blanks between its values
constexpr std::size_t longest_envelope = 1u << 20;

/// Whether a member of an envelope says by its name that it is the list: one of `names`, or "data", "items" …
bool list_name(std::string_view member, const std::vector<std::string_view>& names);

/// Takes a list apart while it comes, in pieces cut anywhere: its elements one by one, and what is around them. The
/// whole is checked as strict JSON on the way; what is wrong with it shows at the latest at its end.
class list_splitter {
public:
    struct listener {
        std::function<void()> begins;                  // the list, perhaps not for the first time: the last counts
        std::function<void(std::string_view)> element; // its text without blanks
        std::function<void()> too_long;                // an element that is longer than `longest_element`
    };
    list_splitter(std::vector<std::string_view> names, listener);
    ~list_splitter();

    /// False: it is no JSON, and no more is looked at.
    bool add(std::string_view piece);
    bool end();
    /// What is around the elements: an empty list stands for them. "" when it is longer than any.
    const std::string& envelope() const { return envelope_; }
    /// The member that the elements were; "" where the outermost is the list.
    const std::string& list_member() const { return list_member_; }

private:
    class checker;
    void split(std::string_view piece);
    std::size_t within_text(std::string_view rest);
    void end_name();
    void structural(char c);
    void open(char c);
    void close(char c);
    void keep(std::string_view text);
    bool begins_list(char c) const;
    bool at_elements() const { return list_depth_ > 0 && depth_ == list_depth_; }
    void end_element();

    std::vector<std::string_view> names_;
    listener listener_;
    std::unique_ptr<checker> checker_;
    std::string envelope_, element_;
    std::string member_, list_member_; // of the outermost object: where we are, and which is the list
    std::size_t depth_ = 0, list_depth_ = 0;
    bool outgrown_ = false, element_outgrown_ = false;
    bool in_text_ = false, escaped_ = false;
    bool object_ = false;       // the outermost is one
    bool names_member_ = false; // the next text is a member's name
};

}
