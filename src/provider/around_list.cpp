#include "around_list.hpp"
#include "orderd/core/text.hpp"
#include "orderd/provider/told.hpp"

#include <algorithm>
#include <span>

namespace orderd::provider {
namespace {

/// What a member beside a list is about.
enum class meaning {
    total,    // how many there are
    size,     // how many a page has, or may have
    position, // which page this is, and what was asked for
    success,  // true when it went well
    code,     // 0, 200 or OK when it went well
    failure,  // false or nothing when it went well
    more,     // false or nothing on the last page
    end,      // true on the last page; as an address, that of the last page
    start,    // true on the first page; as an address, that of the first page
    empty,    // true when there is none
    address,  // of this page or one before
    mark,     // of the answer itself
    group,    // members of these kinds
    unknown,
};

struct known_member {
    std::string_view name; // folded
    meaning is;
};

using enum meaning;

constexpr known_member known_members[] = {
    {"total", total},
    {"totalelements", total},
    {"totalsize", total},
    {"totalitems", total},
    {"totalrecords", total},
    {"totalresults", total},
    {"totalrows", total},
    {"totalhits", total},
    {"totalentries", total},
    {"totalnumber", total},
    {"totalnum", total},
    {"totalorders", total},
    {"found", total},
    {"numfound", total},
    {"hits", total},
    {"matched", total},
    {"件数", total},
    {"総件数", total},
    {"全件数", total},
    {"合計", total},

    {"size", size},
    {"length", size},
    {"returned", size},
    {"numberofelements", size},
    {"to", size},
    {"remaining", size},
    {"pages", size},
    {"totalpages", size},
    {"pagecount", size},
    {"totalpage", size},

    {"offset", position},
    {"limit", position},
    {"number", position},
    {"pagenumber", position},
    {"pageno", position},
    {"pageindex", position},
    {"currentpage", position},
    {"pagesize", position},
    {"perpage", position},
    {"itemsperpage", position},
    {"maxresults", position},
    {"start", position},
    {"startindex", position},
    {"skip", position},
    {"from", position},

    {"success", success},
    {"issuccess", success},
    {"succeeded", success},
    {"successful", success},
    {"ok", success},

    {"code", code},
    {"resultcode", code},
    {"statuscode", code},
    {"returncode", code},
    {"responsecode", code},
    {"httpstatus", code},
    {"httpstatuscode", code},
    {"httpcode", code},
    {"status", code},
    {"result", code},
    {"resultstatus", code},
    {"state", code},

    {"exception", failure},
    {"failure", failure},
    {"failed", failure},
    {"iserror", failure},
    {"haserror", failure},
    {"haserrors", failure},
    {"errordescription", failure},
    {"errordetail", failure},
    {"errordetails", failure},
    {"errorinfo", failure},
    {"errormsg", failure},
    {"warning", failure},
    {"warnings", failure},
    {"timedout", failure},
    {"timeout", failure},

    {"truncated", more},
    {"istruncated", more},
    {"partial", more},
    {"ispartial", more},
    {"incomplete", more},
    {"isincomplete", more},
    {"cursor", more},
    {"continuation", more},
    {"continuationtoken", more},
    {"continue", more},

    {"last", end},
    {"islast", end},
    {"lastpage", end},
    {"islastpage", end},
    {"complete", end},
    {"iscomplete", end},
    {"end", end},
    {"eof", end},
    {"finished", end},
    {"done", end},

    {"first", start},
    {"isfirst", start},
    {"firstpage", start},
    {"isfirstpage", start},

    {"empty", empty},
    {"isempty", empty},

    {"self", address},
    {"href", address},
    {"prev", address},
    {"previous", address},
    {"prevpage", address},
    {"previouspage", address},

    {"requestid", mark},
    {"traceid", mark},
    {"correlationid", mark},
    {"transactionid", mark},
    {"timestamp", mark},
    {"time", mark},
    {"datetime", mark},
    {"servertime", mark},
    {"version", mark},
    {"apiversion", mark},

    {"meta", group},
    {"metadata", group},
    {"page", group},
    {"pageinfo", group},
    {"paging", group},
    {"pagination", group},
    {"pageable", group},
    {"links", group},
    {"header", group},
    {"info", group},
    {"resultinfo", group},
    {"responseinfo", group},
    {"resultset", group},
};

/// Headers are many, and those that are not about a list have all kinds of names: only these are.
constexpr known_member known_headers[] = {
    {"total", total},        {"totalcount", total},   {"totalitems", total},        {"totalelements", total},
    {"totalrecords", total}, {"totalresults", total}, {"paginationtotal", total},   {"paginationtotalcount", total},
    {"recordcount", total},  {"itemcount", total},    {"resultcount", total},       {"count", total},
    {"hasmore", more},       {"hasnext", more},       {"hasnextpage", more},        {"morerecords", more},
    {"next", more},          {"nextpage", more},      {"nextcursor", more},         {"nextoffset", more},
    {"nexttoken", more},     {"nextpagetoken", more}, {"paginationnextpage", more}, {"truncated", more},
    {"istruncated", more},   {"partial", more},       {"incomplete", more},         {"pagination", group},
};

meaning known_as(std::span<const known_member> table, std::string_view name)
{
    auto row = std::find_if(table.begin(), table.end(), [&](const auto& known) { return known.name == name; });
    return row == table.end() ? unknown : row->is;
}

meaning meaning_of(std::string_view name)
{
    if (auto known = known_as(known_members, name); known != unknown) return known;
    if (name.find("next") != name.npos || name.find("more") != name.npos) return more;
    return name.ends_with("count") ? total : unknown; // totalCount, recordCount …
}

bool absent(const json::value& v) // RULINGS R2
{
    auto* s = v.if_string();
    auto* a = v.if_array();
    auto* o = v.if_object();
    return v.is_null() || (s && s->empty()) || (a && a->empty()) || (o && o->empty());
}

/// In capitals, without space around.
std::string word(const json::value& v)
{
    auto out = trimmed(scalar(v));
    for (auto& c : out)
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 32);
    return out;
}

std::optional<bool> truth(const json::value& v)
{
    auto said = word(v);
    if (said == "TRUE" || said == "YES" || said == "1") return true;
    if (said == "FALSE" || said == "NO" || said == "0") return false;
    return std::nullopt;
}

bool went_well(const json::value& code)
{
    static constexpr std::string_view words[] = {"200",  "OK",   "SUCCESS",  "SUCCEEDED", "SUCCESSFUL", "NORMAL",
                                                 "TRUE", "正常", "正常終了", "成功",      "COMPLETE",   "COMPLETED"};
    auto said = word(code);
    bool zero = !said.empty() && said.find_first_not_of('0') == said.npos;
    return zero || std::find(std::begin(words), std::end(words), said) != std::end(words);
}

/// Reads members one after the other, those of groups too.
class listener {
public:
    explicit listener(std::size_t received) : received_(static_cast<long>(received)) {}

    void hear(const std::string& name, meaning is, const json::value& value)
    {
        if (absent(value)) return;
        auto* members = value.if_object();
        if (members && (is == group || is == code)) {
            for (const auto& [inner, v] : *members) hear(name + "." + name_of(inner), meaning_of(folded(inner)), v);
            return;
        }
        if (is == total) note_total(value);
        if (!fits_none(is, value)) note(out.against_none, name);
        if (against_whole(is, value)) note(out.against_whole, name);
    }
    told_around out;

private:
    static void note(std::string& member, const std::string& name)
    {
        if (member.empty()) member = name.empty() ? "(no name)" : printable(name, 100);
    }
    void note_total(const json::value& value)
    {
        if (auto number = told_number(scalar(value))) out.total = std::max(out.total.value_or(0), *number);
    }
    bool no_more_than_received(const json::value& value) const
    {
        auto number = told_number(scalar(value));
        return number && *number <= received_;
    }
    bool fits_none(meaning is, const json::value& v) const
    {
        bool single = !v.is_object() && !v.is_array();
        bool later_page = received_ > 0;
        switch (is) {
        case total:
        case size: return no_more_than_received(v);
        case position: return told_number(scalar(v)).has_value();
        case success:
        case empty: return truth(v) == true;
        case code: return went_well(v);
        case failure:
        case more: return truth(v) == false;
        case end: return truth(v) ? *truth(v) : later_page;
        case start: return truth(v) ? *truth(v) || later_page : !v.is_array();
        case address: return !v.is_array();
        case mark: return single;
        case group: return told_number(scalar(v)).has_value(); // "page": 1
        case unknown: break;
        }
        return false;
    }
    bool against_whole(meaning is, const json::value& v) const
    {
        if (is == end) return truth(v) == false;
        return (is == success || is == code || is == failure || is == more) && !fits_none(is, v);
    }

    long received_;
};

/// Whether a Link (RFC 8288) leads to a next page.
bool leads_on(std::string_view link)
{
    auto lower = header_key(link); // small letters, without '-', '_' and spaces
    for (auto at = lower.find("rel="); at != lower.npos; at = lower.find("rel=", at + 4)) {
        auto relation = std::string_view(lower).substr(at + 4);
        if (relation.substr(0, relation.find_first_of(",;")).find("next") != relation.npos) return true;
    }
    return false;
}

/// The number behind the slash of `items 0-9/57`; nothing where it is "*" or absent.
json::value length_in(std::string_view content_range)
{
    auto slash = content_range.rfind('/');
    auto length = slash == content_range.npos ? std::string() : trimmed(content_range.substr(slash + 1));
    return length == "*" ? json::value() : json::value(length);
}

}

std::string why_not_empty(const told_around& around)
{
    if (around.against_none.empty()) return {};
    return "an empty list, but what is told as \"" + around.against_none + "\" does not say that there is none";
}

std::string folded(std::string_view name)
{
    std::string out;
    for (char c : name)
        if (c != '_' && c != '-') out += c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
    return out;
}

told_around around_list(const json::value& envelope, std::size_t received)
{
    listener heard(received);
    if (auto* members = envelope.if_object())
        for (const auto& [name, value] : *members)
            if (!value.is_array()) // which is the list
                heard.hear(name_of(name), meaning_of(folded(name)), value);
    return heard.out;
}

told_around around_list(const http::headers& head, std::size_t received)
{
    listener heard(received);
    for (const auto& [name, value] : head) {
        auto plain = folded(name);
        if (plain == "link") {
            if (leads_on(value)) heard.hear(name, more, json::value(true));
        } else if (plain == "contentrange")
            heard.hear(name, total, length_in(value));
        else if (auto is = known_as(known_headers, plain.starts_with("x") ? plain.substr(1) : plain); is == group) {
            if (auto members = parsed(value); members && members->is_object()) heard.hear(name, group, *members);
        } else if (is != unknown)
            heard.hear(name, is, json::value(value));
    }
    return heard.out;
}

}
