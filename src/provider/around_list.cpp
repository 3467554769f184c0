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

struct known_names {
    meaning is;
    std::string_view names; // folded, with spaces between
};

using enum meaning;

constexpr known_names known_members[] = {
    {total, "total totalelements totalsize totalitems totalrecords totalresults totalrows totalhits "
            "totalentries totalnumber totalnum totalorders found numfound hits matched 件数 "
            "総件数 全件数 合計"},
    {size, "size length returned numberofelements to remaining pages totalpages pagecount totalpage"},
    {position, "offset limit number pagenumber pageno pageindex currentpage pagesize perpage "
               "itemsperpage maxresults start startindex skip from"},
    {success, "success issuccess succeeded successful ok"},
    {code, "code resultcode statuscode returncode responsecode httpstatus httpstatuscode httpcode "
           "status result resultstatus state"},
    {failure, "exception failure failed iserror haserror haserrors errordescription errordetail "
              "errordetails errorinfo errormsg warning warnings timedout timeout"},
    {more, "truncated istruncated partial ispartial incomplete isincomplete cursor continuation "
           "continuationtoken continue"},
    {end, "last islast lastpage islastpage complete iscomplete end eof finished done"},
    {start, "first isfirst firstpage isfirstpage"},
    {empty, "empty isempty"},
    {address, "self href prev previous prevpage previouspage"},
    {mark, "requestid traceid correlationid transactionid timestamp time datetime servertime version "
           "apiversion"},
    {group, "meta metadata page pageinfo paging pagination pageable links header info resultinfo "
            "responseinfo resultset"},
};

/// Headers are many, and those that are not about a list have all kinds of names: only these are.
constexpr known_names known_headers[] = {
    {total, "total totalcount totalitems totalelements totalrecords totalresults paginationtotal "
            "paginationtotalcount recordcount itemcount resultcount count"},
    {more, "hasmore hasnext hasnextpage morerecords next nextpage nextcursor nextoffset nexttoken "
           "nextpagetoken paginationnextpage truncated istruncated partial incomplete"},
    {group, "pagination"},
};

bool among(std::string_view names, std::string_view name)
{
    for (auto at = names.find(name); at != names.npos; at = names.find(name, at + 1)) {
        auto end = at + name.size();
        if ((at == 0 || names[at - 1] == ' ') && (end == names.size() || names[end] == ' ')) return true;
    }
    return false;
}

meaning known_as(std::span<const known_names> table, std::string_view name)
{
    if (name.empty() || name.find(' ') != name.npos) return unknown;
    auto row = std::find_if(table.begin(), table.end(), [&](const auto& known) { return among(known.names, name); });
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
