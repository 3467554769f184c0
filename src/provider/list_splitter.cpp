#include "list_splitter.hpp"
#include "json_names.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <boost/json/basic_parser_impl.hpp>

namespace orderd::provider {
namespace {

namespace json = boost::json;

constexpr std::size_t longest_name = 256; // that a list can have

constexpr std::string_view blanks = " \t\r\n", not_plain = " \t\r\n\"{}[],:";

}

/// Strict JSON, whatever size.
class list_splitter::checker {
public:
    bool add(std::string_view piece)
    {
        boost::system::error_code error;
        auto taken = parser_.write_some(true, piece.data(), piece.size(), error);
        return !error && taken == piece.size();
    }
    bool end()
    {
        boost::system::error_code error;
        parser_.write_some(false, nullptr, 0, error);
        return !error;
    }

private:
    json::basic_parser<nothing_kept> parser_{json::parse_options{}};
};

list_splitter::list_splitter(std::vector<std::string_view> names, listener l)
    : names_(std::move(names)), listener_(std::move(l)), checker_(std::make_unique<checker>())
{
}
list_splitter::~list_splitter() = default;

bool list_splitter::add(std::string_view piece)
{
    if (piece.empty()) return true;
    if (!checker_->add(piece)) return false;
    split(piece);
    return true;
}

bool list_splitter::end()
{
    bool whole = checker_->end();
    if (!whole && at_elements()) end_element(); // cut behind an element that is whole
    return whole;
}

void list_splitter::split(std::string_view piece)
{
    while (!piece.empty()) {
        if (in_text_) {
            piece.remove_prefix(within_text(piece));
            continue;
        }
        auto plain = std::min(piece.find_first_of(not_plain), piece.size());
        if (plain > 0) keep(piece.substr(0, plain));
        piece.remove_prefix(plain);
        if (piece.empty()) return;
        if (blanks.find(piece.front()) == blanks.npos) {
            structural(piece.front());
            piece.remove_prefix(1);
        } else
            piece.remove_prefix(std::min(piece.find_first_not_of(blanks), piece.size()));
    }
}

/// Takes what belongs to a text off the front; how much it was.
std::size_t list_splitter::within_text(std::string_view rest)
{
    std::size_t taken = 1;
    if (escaped_)
        escaped_ = false;
    else if (auto special = rest.find_first_of("\"\\"); special == rest.npos)
        taken = rest.size();
    else {
        taken = special + 1;
        escaped_ = rest[special] == '\\';
        in_text_ = escaped_;
    }
    auto text = rest.substr(0, taken);
    if (names_member_ && member_.size() < longest_name) member_.append(text);
    if (names_member_ && !in_text_) end_name();
    keep(text);
    return taken;
}

/// The name that stands there, perhaps with escapes, before its closing quote.
void list_splitter::end_name()
{
    boost::system::error_code error;
    auto name = json::parse("\"" + member_, error);
    member_ = error ? std::string() : std::string(name.as_string());
}

void list_splitter::structural(char c)
{
    if (c == '"') {
        in_text_ = true;
        if (names_member_) member_.clear();
        keep("\"");
    } else if (c == '{' || c == '[')
        open(c);
    else if (c == '}' || c == ']')
        close(c);
    else if (c == ',' && at_elements())
        end_element();
    else {
        if (depth_ == 1 && object_) names_member_ = c == ',';
        keep({&c, 1});
    }
}

bool list_splitter::begins_list(char c) const
{
    if (c != '[' || list_depth_ > 0) return false;
    if (depth_ == 0) return true;
    bool same = list_member_.empty() || list_member_ == member_;
    return depth_ == 1 && object_ && same && list_name(member_, names_);
}

void list_splitter::open(char c)
{
    bool list = begins_list(c);
    keep({&c, 1});
    if (depth_++ == 0) object_ = names_member_ = c == '{';
    if (!list) return;
    list_depth_ = depth_;
    list_member_ = member_;
    listener_.begins();
}

void list_splitter::close(char c)
{
    if (at_elements()) {
        end_element();
        list_depth_ = 0;
    }
    keep({&c, 1});
    --depth_;
}

void list_splitter::end_element()
{
    if (element_outgrown_)
        listener_.too_long();
    else if (!element_.empty())
        listener_.element(element_);
    element_.clear();
    element_outgrown_ = false;
}

void list_splitter::keep(std::string_view text)
{
    bool within = list_depth_ > 0;
    auto& kept = within ? element_ : envelope_;
    auto& outgrown = within ? element_outgrown_ : outgrown_;
    if (outgrown) return;
    outgrown = kept.size() + text.size() > (within ? longest_element : longest_envelope);
    if (outgrown)
        std::string().swap(kept);
    else
        kept.append(text);
}

}
