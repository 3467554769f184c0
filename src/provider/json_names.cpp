#include "json_names.hpp"

#include <boost/json/basic_parser_impl.hpp>
#include <unordered_set>
#include <vector>

namespace orderd::provider {
namespace {

/// Hears the names of every object's members. Names are told apart by their hashes: two that share one count as twice
/// the same, and only whoever sent them has to bear it.
struct heard_names : nothing_kept {
    bool on_object_begin(error&)
    {
        open_.push_back(++objects_);
        return true;
    }
    bool on_object_end(std::size_t, error&)
    {
        open_.pop_back();
        return true;
    }
    bool on_key_part(text part, std::size_t, error&)
    {
        name_.append(part.data(), part.size());
        return true;
    }
    bool on_key(text last, std::size_t, error&)
    {
        name_.append(last.data(), last.size());
        constexpr std::size_t golden_ratio = 0x9E3779B97F4A7C15;
        bool new_one = seen_.insert(std::hash<std::string>()(name_) ^ (open_.back() * golden_ratio)).second;
        if (!new_one && !twice) twice = name_;
        name_.clear();
        return true;
    }
    std::optional<std::string> twice;

private:
    std::string name_;
    std::vector<std::size_t> open_; // objects around, by number
    std::size_t objects_ = 0;
    std::unordered_set<std::size_t> seen_;
};

}

std::optional<std::string> name_told_twice(std::string_view json)
{
    boost::json::basic_parser<heard_names> parser{boost::json::parse_options{}};
    boost::system::error_code error;
    parser.write_some(false, json.data(), json.size(), error);
    return std::move(parser.handler().twice);
}

}
