#include "host_names.hpp"

#include <boost/url.hpp>

namespace orderd::service {
namespace {

namespace urls = boost::urls;

std::string lower(std::string_view text)
{
    std::string out(text);
    for (char& c : out)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + ('a' - 'A'));
    return out;
}

std::optional<addressee> host_in(urls::authority_view at)
{
    addressee out;
    out.address = at.host_type() == urls::host_type::ipv4 || at.host_type() == urls::host_type::ipv6;
    if (at.has_userinfo() || at.encoded_host().empty()) return std::nullopt;
    if (out.address) {
        out.host = lower(at.host_address());
        return out;
    }
    auto name = host_name_in(std::string_view(at.encoded_host().data(), at.encoded_host().size()));
    if (!name) return std::nullopt;
    out.host = *name;
    return out;
}

std::vector<std::string> host_fields(const http::request& r)
{
    std::vector<std::string> out;
    for (const auto& [name, value] : r.fields)
        if (lower(name) == "host") out.push_back(value);
    return out;
}

/// Of a target with scheme and host, as a proxy is asked: they count, and not the Host field.
std::optional<addressee> of_absolute_form(const std::string& target)
{
    auto parsed = urls::parse_uri(target);
    if (!parsed || !parsed->has_authority()) return std::nullopt;
    auto out = host_in(parsed->authority());
    if (!out) return std::nullopt;
    out->target = std::string(parsed->encoded_path());
    if (out->target.empty()) out->target = "/";
    if (parsed->has_query()) out->target += "?" + std::string(parsed->encoded_query());
    return out;
}

}

std::optional<std::string> host_name_in(std::string_view text)
{
    auto name = lower(text);
    if (name.ends_with('.')) name.pop_back();
    bool good = !name.empty() && name.size() <= 253 && name.front() != '.' &&
                name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-_.") == name.npos;
    return good ? std::optional(std::move(name)) : std::nullopt;
}

std::optional<addressee> addressee_of(const http::request& r)
{
    auto fields = host_fields(r);
    if (fields.size() > 1 || (fields.empty() && r.version >= 11)) return std::nullopt;
    if (!r.target.starts_with('/')) return of_absolute_form(r.target);
    if (fields.empty()) return addressee{"", r.target, false};
    auto authority = urls::parse_authority(fields.front());
    if (!authority) return std::nullopt;
    auto out = host_in(*authority);
    if (out) out->target = r.target;
    return out;
}

host_names::host_names(const std::vector<std::string>& configured, const std::string& machine)
    : names_{"localhost", "localhost.localdomain", "ip6-localhost", "ip6-loopback"}
{
    for (const auto& name : configured)
        if (auto comparable = host_name_in(name)) names_.insert(*comparable);
    if (!configured.empty()) return;
    if (auto comparable = host_name_in(machine)) {
        names_.insert(*comparable);
        names_.insert(comparable->substr(0, comparable->find('.')));
    }
}

bool host_names::answers(const addressee& to) const
{
    return to.host.empty() || to.address || names_.contains(to.host);
}

}
